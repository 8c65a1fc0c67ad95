/** An element with these properties (`on…` are listeners) and children; what is null or false is left out. */
export function tag(name, properties = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value)
    else element.setAttribute(key, value === true ? '' : value)
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined))
  return element
}

/** Blocks as a person sees them. `press(element, option)` is called for what is pressed or chosen. */
export function renderBlocks(blocks, press) {
  return tag(
    'div',
    { class: 'blocks' },
    blocks.map((block) => renderBlock(block, press)),
  )
}

function renderBlock(block, press) {
  switch (block.type) {
    case 'header':
      return tag('h2', {}, block.text.text)
    case 'section':
      return renderSection(block, press)
    case 'rich_text':
      return tag(
        'div',
        { class: 'text' },
        block.elements.flatMap(({ elements = [] }) => elements.map(renderRich)),
      )
    case 'actions':
      return tag(
        'div',
        { class: 'actions' },
        block.elements.map((element) => renderElement(element, press)),
      )
    case 'context':
      return tag('div', { class: 'context' }, block.elements.flatMap(renderText))
    case 'divider':
      return tag('hr')
    default:
      return null
  }
}

function renderSection({ text, fields = [], accessory }, press) {
  return tag(
    'div',
    { class: 'section' },
    tag(
      'div',
      {},
      text ? tag('div', { class: 'text' }, renderText(text)) : null,
      fields.length > 0
        ? tag(
            'div',
            { class: 'fields' },
            fields.map((field) => tag('div', {}, renderText(field))),
          )
        : null,
    ),
    accessory ? renderElement(accessory, press) : null,
  )
}

function renderRich({ text = '', style = {}, url }) {
  if (url) return tag('a', { href: url, target: '_blank' }, text || url)
  return style.bold ? tag('strong', {}, text) : text
}

/** A text object: in mrkdwn links are links, and what is escaped is as it was. */
function renderText({ type, text = '' }) {
  if (type !== 'mrkdwn') return [text]
  return text.split(/(<https?:[^>]+>)/).map((part) => {
    const [, url, label] = /^<(https?:[^|>]+)(?:\|([^>]*))?>$/.exec(part) ?? []
    return url ? tag('a', { href: unescaped(url), target: '_blank' }, unescaped(label ?? url)) : unescaped(part)
  })
}

const unescaped = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

function renderElement(element, press) {
  if (element.type === 'static_select') return renderMenu(element, press)
  if (element.type !== 'button') return null
  return tag('button', { type: 'button', class: element.style, onclick: () => press(element) }, element.text.text)
}

function renderMenu(element, press) {
  const label = element.placeholder?.text ?? 'Choose'
  const chosen = ({ target }) => target.value && press(element, target.value)
  return tag(
    'select',
    { 'aria-label': label, onchange: chosen },
    tag('option', { value: '' }, label),
    element.options.map(({ text }) => tag('option', {}, text.text)),
  )
}

/** The inputs of a form, each with what is wrong with it; `errors` are by label. */
export function renderInputs(blocks, errors) {
  return blocks.map(({ type, text, label, hint, element, optional }) => {
    if (type !== 'input') return text ? tag('p', {}, renderText(text)) : null
    const wrong = errors[label.text]
    return tag(
      'label',
      {},
      label.text,
      optional ? tag('small', {}, '(optional)') : null,
      renderInput(element, label.text),
      hint ? tag('small', {}, hint.text) : null,
      wrong ? tag('small', { role: 'alert' }, wrong) : null,
    )
  })
}

function renderInput({ type, options = [], initial_value, initial_option, initial_options = [] }, name) {
  if (type === 'checkboxes') return tag('input', { type: 'checkbox', name, checked: initial_options.length > 0 })
  if (type !== 'static_select')
    return tag('input', { name, value: initial_value, inputmode: type === 'number_input' ? 'decimal' : null })
  const chosen = initial_option?.text.text
  return tag(
    'select',
    { name },
    tag('option', { value: '' }, 'Choose'),
    options.map(({ text }) => tag('option', { selected: text.text === chosen }, text.text)),
  )
}
