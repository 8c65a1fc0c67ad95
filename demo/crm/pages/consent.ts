import { html } from 'hono/html'
import type { Person } from '../people.ts'
import { describeScopes } from '../scopes.ts'
import { avatar, type Html, layout } from './layout.ts'

interface Consent {
  uid: string
  application: string
  person: Person
  scope: string
  /** Where the answer goes: shown, so that a person can tell who asks. */
  redirectUri: string
}

/** Asks the signed-in person whether an application may act for them. */
export function consentPage({ uid, application, person, scope, redirectUri }: Consent): Html {
  return layout({
    title: `Allow ${application}?`,
    body: html`<section class="card narrow">
      <h1>Allow ${application} to:</h1>
      <ul class="scopes">${describeScopes(scope).map((words) => html`<li>${words}</li>`)}</ul>
      <div class="row">
        ${avatar(person, 'big')}
        <span class="grow">as <strong>${person.name}</strong><br><span class="soft">${person.email}</span></span>
        <form method="post" action="/interaction/${uid}/switch"><button class="link">Not you?</button></form>
      </div>
      <form class="actions" method="post" action="/interaction/${uid}">
        <button class="second" name="decision" value="deny">Deny</button>
        <button name="decision" value="allow">Allow</button>
      </form>
      <p class="soft foot">You go back to ${new URL(redirectUri).host}. You can take this back at any time under Connected apps.</p>
    </section>`,
  })
}
