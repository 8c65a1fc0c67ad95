import { html } from 'hono/html'
import { PEOPLE } from '../people.ts'
import { avatar, type Html, layout } from './layout.ts'

/** Pick who you are. `next` is the path to go on to. */
export function signInPage({ next, application }: { next: string; application?: string }): Html {
  return layout({
    title: 'Sign in',
    body: html`<section class="card narrow">
      <h1>Sign in to Acme CRM</h1>
      <p class="soft">${application ? html`to continue to <strong>${application}</strong>` : 'Who are you today?'}</p>
      <form method="post" action="/sign-in">
        <input type="hidden" name="next" value="${next}">
        ${PEOPLE.map(
          (person) => html`<button class="person" name="person" value="${person.key}">
          ${avatar(person, 'big')}<span>Continue as ${person.name}<small>${person.title} · ${person.email}</small></span>
        </button>`,
        )}
      </form>
      <p class="soft foot">This is a demonstration: nobody here has a password.</p>
    </section>`,
  })
}
