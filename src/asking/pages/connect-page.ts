import { html } from 'hono/html'
import type { ConnectReason } from '#connections/connect-reason.ts'
import { htmlPage, iconUrl } from '#core/html-page.ts'
import type { Person } from '#people/person.ts'
import type { ConnectPageApplication, ConnectPageFacts } from '../connect-page-facts.ts'
import { recipesHtml, scopesHtml } from './connect-page-parts.ts'
import { credentialHtml } from './credential-form.ts'
import { noteHtml } from './notes.ts'

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
  return missing.length === 0 ? donePage(page) : askPage(page, missing)
}

function askPage({ facts, person, action, note }: ConnectPage, missing: ConnectPageApplication[]): Promise<string> {
  const title = titleOf(missing)
  const what = facts.recipeName
    ? html`<strong>${facts.recipeName}</strong> works with your own account${missing.length > 1 ? 's' : ''}, so that what it does is yours.`
    : html`Recipes you run will then work with your own account.`
  const once = missing.some(({ reason }) => reason === 'never_connected') ? ' You are asked once.' : ''
  return htmlPage({
    title,
    body: html`
<h1>${title}</h1>
<p>${what}${once}</p>
<p class="soft">For ${person.name}${person.email ? ` (${person.email})` : ''} in ${facts.workspaceName}.</p>
${noteHtml(note)}
<ul class="plain">${facts.applications.map((application) => applicationHtml(application, facts, action))}</ul>
<form method="post" action="${action}"><div class="row">
<button class="quiet" name="do" value="decline">Not now</button>
<span class="soft">${facts.recipeName ? 'This run ends; nothing else changes.' : ''}</span>
</div></form>`,
  })
}

function titleOf(missing: ConnectPageApplication[]): string {
  const all = (wanted: ConnectReason) => missing.every(({ reason }) => reason === wanted)
  if (all('consent_needed')) return 'May it use your account?'
  if (all('scope_missing')) return 'Give more access'
  return missing.length === 1 ? 'Connect your account' : 'Connect your accounts'
}

function applicationHtml(application: ConnectPageApplication, facts: ConnectPageFacts, action: string) {
  const { parent, label, icon, reason } = application
  const state =
    reason === null ? 'Connected' : reason === 'consent_needed' ? 'Not allowed yet' : reasonState(application)
  return html`<li class="application">
<header><img src="${iconUrl(icon)}" alt=""><strong>${parent.name === label ? label : `${label} · ${parent.name}`}</strong>
<span class="state ${reason === null ? 'good' : ''}">${state}</span></header>
${reason === null ? html`<p class="soft">As ${application.accountLabel ?? 'you'}.</p>` : askHtml(application, facts, action)}
</li>`
}

const reasonState = ({ reason }: ConnectPageApplication): string =>
  reason === 'scope_missing' ? 'More is needed' : 'Not connected'

/** What is asked at one application, and the one button that answers it. */
function askHtml(application: ConnectPageApplication, facts: ConnectPageFacts, action: string) {
  const { parent, label, reason, accountLabel, recipes, newScopes } = application
  const consent = reason === 'consent_needed'
  const account = accountLabel ? ` (${accountLabel})` : ''
  const only = recipes.length === 1 ? recipes[0]?.name : undefined
  const button = consent ? `${only ? `Let ${only}` : 'Let them'} use your ${label}${account}` : `Connect ${label}`
  return html`
${newScopes.length > 0 ? '' : html`<p class="soft">${consent ? `You connected it before, as ${accountLabel ?? 'you'}.` : REASON_TEXTS[reason ?? 'never_connected']}</p>`}
${consent ? '' : scopesHtml(application)}
<form method="post" action="${action}"><input type="hidden" name="connection" value="${parent.id}">
${recipesHtml(application, facts)}
${consent ? '' : credentialHtml(application)}
${application.fields === null || consent || parent.personalForm ? html`<button class="wide" name="do" value="connect">${button}</button>` : ''}</form>`
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
