import { html } from 'hono/html'
import { htmlPage, iconUrl } from '#core/html-page.ts'
import type { Person } from '#people/person.ts'

export interface ConfirmAccount {
  application: { label: string; icon: string }
  person: Person
  /** The account that was connected before; null when there was none. */
  before: string | null
  /** The account that has just been signed in with. */
  fresh: { label: string; email: string | null }
}

/** Shows an account that was not to be expected before anything is stored, and asks. Server-rendered, no script. */
export function confirmAccountPage(page: ConfirmAccount): Promise<string> {
  const { application, before, fresh, person } = page
  const title = before === null ? 'Is this account yours?' : 'Another account than before'
  return htmlPage({
    title,
    body: html`
<h1>${title}</h1>
<p>${
      before === null
        ? `You signed in at ${application.label} with an account whose e-mail address is not yours here.`
        : `You signed in at ${application.label} with another account than the one you have connected.`
    }</p>
<div class="application"><header><img src="${iconUrl(application.icon)}" alt=""><strong>${application.label}</strong>
<span class="state">Not yet</span></header>
<dl>${before === null ? ownRows(person) : html`<dt>Until now</dt><dd>${before}</dd>`}
<dt>Just now</dt><dd>${fresh.label}${fresh.email && !fresh.label.includes(fresh.email) ? html`<br>${fresh.email}` : ''}</dd></dl></div>
<p class="soft">${
      before === null
        ? 'What recipes do for you will be done, and seen, as that account.'
        : 'What recipes do for you will be done as the new account. What you allowed recipes to do as the old one ends.'
    } Nothing is connected until you answer; after ten minutes the access is given back.</p>
<form method="post"><div class="row">
${
  before === null
    ? html`<button name="do" value="yes">Yes, this account is mine</button><button class="quiet" name="do" value="no">No</button>`
    : html`<button name="do" value="yes">Use ${fresh.label} instead</button><button class="quiet" name="do" value="no">Keep ${before} (connect again)</button>`
}
</div></form>`,
  })
}

const ownRows = ({ name, email }: Person) => html`<dt>You here</dt><dd>${name}${email ? html`<br>${email}` : ''}</dd>`
