import { html } from 'hono/html'
import type { ConnectedApp } from '../grants.ts'
import type { Person } from '../people.ts'
import { describeScopes } from '../scopes.ts'
import { type Html, layout } from './layout.ts'

/** The applications that may act for a person, each with a way to end that. */
export function appsPage({ person, apps }: { person: Person; apps: ConnectedApp[] }): Html {
  return layout({
    title: 'Connected apps',
    person,
    here: '/apps',
    body: html`<h1>Connected apps</h1>
      <p class="soft">These applications act as you, with your rights. What they make here is credited to you.</p>
      ${
        apps.length === 0
          ? html`<div class="card empty">No application acts for you.</div>`
          : html`<div class="card">${apps.map(appRow)}</div>`
      }`,
  })
}

function appRow({ grantId, name, scope, grantedAt }: ConnectedApp): Html {
  const since = new Date(grantedAt).toISOString().slice(0, 16).replace('T', ' ')
  return html`<div class="row padded">
    <div class="grow"><h2>${name}</h2>
      <span class="soft">${describeScopes(scope).join(' · ')}<br>Allowed ${since} UTC</span></div>
    <form method="post" action="/apps/${grantId}/revoke"><button class="danger">Revoke</button></form>
  </div>`
}
