import { html } from 'hono/html'
import type { ConnectReason } from '#connections/connect-reason.ts'
import { htmlPage, iconUrl } from '#core/html-page.ts'
import type { Person } from '#people/person.ts'
import type { ConnectPageApplication, ConnectPageFacts } from '../connect-page-facts.ts'

/** Why we ask, in the person's words. */
export const REASON_TEXTS: Record<ConnectReason, string> = {
  never_connected: 'You have not connected your account yet.',
  disconnected: 'You disconnected your account.',
  revoked: 'An administrator disconnected your account.',
  expired: 'Your access has ended there, and must be given again.',
  wrong_account: 'Another account of yours is expected.',
  parent_changed: 'The connection was set up anew, so your account must be connected again.',
  orphaned: 'The connection was deleted.',
  scope_missing: 'More is asked for than you gave access to.',
  consent_needed: 'You have not let this recipe use your account yet.',
}

/** A word about what just happened, by its code in the address. */
const NOTES: Record<string, { tone: '' | 'bad'; text: string }> = {
  connected: { tone: '', text: 'Connected.' },
  allowed: { tone: '', text: 'Thank you. It has gone on by itself.' },
  denied: {
    tone: 'bad',
    text: 'You did not give access, so nothing was connected. You can try again, or choose “Not now”.',
  },
}

export interface ConnectPage {
  facts: ConnectPageFacts
  person: Person
  /** Where its forms post to. */
  action: string
  note: string | null
  returnTo: string | null
}

/** The page on which a person connects every application that is still needed. Server-rendered, no script. */
export function connectPage(page: ConnectPage): Promise<string> {
  const missing = page.facts.applications.filter(({ reason }) => reason !== null)
  return missing.length === 0 ? donePage(page) : askPage(page, missing.length)
}

function askPage({ facts, person, action, note }: ConnectPage, missing: number): Promise<string> {
  const what = facts.recipeName
    ? html`<strong>${facts.recipeName}</strong> works with your own account${missing > 1 ? 's' : ''}, so that what it does is yours.`
    : html`Recipes you run will then work with your own account.`
  return htmlPage({
    title: missing === 1 ? 'Connect your account' : 'Connect your accounts',
    body: html`
<h1>${missing === 1 ? 'Connect your account' : 'Connect your accounts'}</h1>
<p>${what} You are asked once.</p>
<p class="soft">For ${person.name}${person.email ? ` (${person.email})` : ''} in ${facts.workspaceName}.</p>
${noteHtml(note)}
<ul class="plain">${facts.applications.map((application) => applicationHtml(application, { action, recipeName: facts.recipeName }))}</ul>
${alsoWaitingHtml(facts.alsoWaiting)}
<form method="post" action="${action}"><div class="row">
<button class="quiet" name="do" value="decline">Not now</button>
<span class="soft">${facts.recipeName ? 'This run of the recipe ends; nothing else changes.' : ''}</span>
</div></form>`,
  })
}

function applicationHtml(
  { parent, label, icon, scopes, actions, reason, accountLabel }: ConnectPageApplication,
  { action, recipeName }: { action: string; recipeName: string | null },
) {
  return html`<li class="application">
<header><img src="${iconUrl(icon)}" alt=""><strong>${parent.name === label ? label : `${label} · ${parent.name}`}</strong>
${reason === null ? html`<span class="state good">Connected</span>` : html`<span class="state">${reason === 'consent_needed' ? 'Not allowed yet' : 'Not connected'}</span>`}</header>
${
  reason === null
    ? html`<p class="soft">As ${accountLabel ?? 'you'}.</p>`
    : reason === 'consent_needed'
      ? html`
<p class="soft">You connected it before, as ${accountLabel ?? 'you'}. ${actions.length > 0 ? html`The recipe will ${listOf(actions)}.` : ''}</p>
<form method="post" action="${action}"><input type="hidden" name="connection" value="${parent.id}">
<button class="wide" name="do" value="connect">Let ${recipeName ?? 'it'} use your ${label}${accountLabel ? ` (${accountLabel})` : ''}</button></form>`
      : html`
<p class="soft">${REASON_TEXTS[reason]}</p>
${actions.length > 0 ? html`<p class="soft">The recipe will ${listOf(actions)}.</p>` : ''}
<p class="soft">${label} will ask whether Behalf may:</p>
<ul>${scopes.map(({ description }) => html`<li>${description}</li>`)}</ul>
<form method="post" action="${action}"><input type="hidden" name="connection" value="${parent.id}">
<button class="wide" name="do" value="connect">Connect ${label}</button></form>`
}
</li>`
}

function donePage({ facts, note, returnTo }: ConnectPage): Promise<string> {
  const [first] = facts.applications
  const heading = facts.applications.length === 1 && first ? `${first.label} is connected` : 'Everything is connected'
  return htmlPage({
    title: heading,
    body: html`
<h1>${heading}</h1>
${note === 'denied' ? noteHtml(note) : ''}
<ul class="plain">${facts.applications.map(
      ({ label, icon, accountLabel }) => html`<li class="application"><header><img src="${iconUrl(icon)}" alt="">
<strong>${label}</strong><span class="state good">as ${accountLabel ?? 'you'}</span></header></li>`,
    )}</ul>
<p>${facts.recipeName ? html`<strong>${facts.recipeName}</strong> has already gone on by itself. There is nothing more to do here.` : 'You can disconnect it at any time under My connections.'}</p>
${returnTo ? html`<div class="row"><a class="button" href="${returnTo}">Go back</a></div>` : ''}`,
  })
}

function noteHtml(note: string | null) {
  const known = note ? NOTES[note] : undefined
  return known ? html`<p class="notice ${known.tone}" role="status">${known.text}</p>` : ''
}

function alsoWaitingHtml(names: string[]) {
  return names.length === 0 ? '' : html`<p class="soft">Also waiting for this: ${names.join(', ')}.</p>`
}

const listOf = (texts: string[]): string => new Intl.ListFormat('en', { type: 'conjunction' }).format(texts)
