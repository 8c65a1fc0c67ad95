import { html } from 'hono/html'
import type { ConnectPageApplication } from '../connect-page-facts.ts'

/** What stands before a field's own name, so that none is taken for one of the page's. */
const PREFIX = 'credential.'

/** The fields a person fills in where there is no sign-in; nothing is ever filled in for them. */
export function credentialHtml({ fields, label, parent }: ConnectPageApplication) {
  if (fields === null) return ''
  if (!parent.personalForm)
    return html`<p class="notice bad">Whoever set ${label} up has not allowed people to connect their own account. Ask them to.</p>`
  return html`<p class="soft">${label} is tried with what you type in, and only what it accepts is kept, sealed. Nobody can read it here again.</p>
${fields.map(
  ({ name, label: field, hint, secret }) => html`<label>${field}
<input name="${PREFIX}${name}" type="${secret ? 'password' : 'text'}" required maxlength="4000" autocomplete="off" autocapitalize="none" spellcheck="false">
<span class="soft">${hint}</span></label>`,
)}`
}

/** What was typed into `credentialHtml`, by the fields' own names. */
export function typedCredential(form: Record<string, unknown>): Record<string, unknown> {
  const typed = Object.entries(form).filter(([name]) => name.startsWith(PREFIX))
  return Object.fromEntries(typed.map(([name, value]) => [name.slice(PREFIX.length), value]))
}
