import { renderBlocks, renderInputs, tag } from './blocks.mjs'

const EVERY_MS = 700
const at = (id) => document.getElementById(id)
const place = () => location.hash.slice(1) || 'behalf'
const shown = { place: '', view: '', form: '' }

/** Has the emulated Slack do something; then shows what came of it. */
async function act(deed) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch('/client/act', { method: 'POST', headers, body: JSON.stringify(deed) })
  const answer = response.ok ? await response.json() : { errors: {} }
  await refresh()
  return answer
}

async function refresh() {
  const there = place()
  const response = await fetch(`/client/view?place=${encodeURIComponent(there)}`)
  if (!response.ok || there !== place()) return
  const view = await response.json()
  const key = JSON.stringify([there, view.messages, view.home])
  if (key !== shown.view) showMessages(view)
  shown.view = key
  showForm(view.form)
}

function showMessages({ messages, home }) {
  const list = at('messages')
  if (home) return list.replaceChildren(tag('div', { class: 'home' }, renderBlocks(home, pressAtHome)))
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60
  const isNew = shown.place !== place()
  shown.place = place()
  const lines =
    messages.length > 0 ? messages.map(renderMessage) : [tag('p', { class: 'empty' }, 'Nothing was said here yet.')]
  list.replaceChildren(...lines)
  if (isAtEnd || isNew) list.scrollTop = list.scrollHeight
}

function renderMessage({ ts, from, isApp, isPrivate, text, blocks }) {
  const time = new Date(Number(ts) * 1000).toLocaleTimeString('en', {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })
  return tag(
    'article',
    { class: [isApp ? 'app' : '', isPrivate ? 'hidden' : ''].join(' ').trim() },
    tag('div', { class: 'face', 'aria-hidden': 'true' }, from.charAt(0)),
    tag('div', { class: 'name' }, from, isApp ? tag('span', {}, 'APP') : null, tag('time', {}, time)),
    blocks.length > 0 ? renderBlocks(blocks, pressIn(ts)) : tag('div', { class: 'text' }, text),
    isPrivate ? tag('small', {}, 'Only visible to you') : null,
  )
}

/** A link opens where it leads, and Slack tells the app that it was followed. */
const pressIn = (ts) => async (element, option) => {
  if (element.url) window.open(element.url, '_blank', 'noopener')
  if (await isSure(element))
    await act({ do: 'press', place: place(), ts, action: element.action_id, ...(option && { option }) })
}

async function pressAtHome(element) {
  if (element.url) return void window.open(element.url, '_blank', 'noopener')
  if (await isSure(element)) await act({ do: 'press_at_home', action: element.action_id })
}

function isSure({ confirm }) {
  if (!confirm) return true
  const dialog = at('confirm')
  const { promise, resolve } = Promise.withResolvers()
  dialog.replaceChildren(
    tag('h2', {}, confirm.title.text),
    tag('p', {}, confirm.text.text),
    tag(
      'div',
      { class: 'actions' },
      tag('button', { onclick: () => dialog.close('no') }, confirm.deny.text),
      tag('button', { class: 'danger', onclick: () => dialog.close('yes') }, confirm.confirm.text),
    ),
  )
  dialog.returnValue = 'no'
  dialog.onclose = () => resolve(dialog.returnValue === 'yes')
  dialog.showModal()
  return promise
}

/** Opens the form that is open at Slack; one that is open already stays as it is. */
function showForm(form) {
  const dialog = at('form')
  const key = form ? `${form.id} ${form.hash}` : ''
  if (key === shown.form) return
  shown.form = key
  if (!form) return dialog.close()
  drawForm(form, {})
  if (!dialog.open) dialog.showModal()
}

function drawForm(form, errors) {
  const body = tag(
    'form',
    { novalidate: true, onsubmit: (event) => send(event, form) },
    tag('h2', {}, form.title.text),
    renderInputs(form.blocks, errors),
    tag(
      'div',
      { class: 'actions' },
      tag('button', { type: 'button', onclick: () => act({ do: 'close' }) }, form.close?.text ?? 'Cancel'),
      tag('button', { class: 'primary' }, form.submit?.text ?? 'Send'),
    ),
  )
  at('form').replaceChildren(body)
  return body
}

async function send(event, form) {
  event.preventDefault()
  const values = valuesOf(event.target)
  const { errors } = await act({ do: 'fill_in', values })
  if (Object.keys(errors).length === 0) return
  const again = drawForm(form, errors)
  for (const [name, value] of Object.entries(values)) {
    const input = again.elements.namedItem(name)
    if (input.type === 'checkbox') input.checked = value === 'true'
    else input.value = value
  }
}

/** By label. What is not chosen is left out. */
function valuesOf(form) {
  const inputs = [...form.elements].filter(({ name }) => name)
  const values = inputs.map((input) => [input.name, input.type === 'checkbox' ? String(input.checked) : input.value])
  return Object.fromEntries(
    values.filter(([name, value]) => value || form.elements.namedItem(name).tagName !== 'SELECT'),
  )
}

const HINTS = {
  behalf: 'help, connections, or create opportunity name: Acme renewal amount: 5000',
  channel: '@Behalf create opportunity, or /behalf help',
}

function enter() {
  const there = place()
  const link = document.querySelector(`nav a[href="#${there}"]`)
  for (const each of document.querySelectorAll('nav a')) each.removeAttribute('aria-current')
  link?.setAttribute('aria-current', 'page')
  at('title').textContent = link?.textContent ?? there
  at('composer').hidden = there === 'home'
  at('line').placeholder = HINTS[there] ?? HINTS.channel
  if (there === 'home') return act({ do: 'open_home' })
  at('line').focus()
  return refresh()
}

at('composer').addEventListener('submit', async (event) => {
  event.preventDefault()
  const text = at('line').value.trim()
  at('line').value = ''
  if (text) await act({ do: 'say', place: place(), text })
})
at('form').addEventListener('cancel', (event) => {
  event.preventDefault()
  act({ do: 'close' })
})
addEventListener('hashchange', enter)

/** Another tab may have become somebody else meanwhile; a Slack that was stopped is asked again. */
async function watch() {
  if (document.visibilityState === 'visible') await refresh().catch(() => {})
  setTimeout(watch, EVERY_MS)
}

await enter()
watch()
