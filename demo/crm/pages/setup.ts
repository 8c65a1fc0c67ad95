import { html } from 'hono/html'
import type { CrmClient } from '../crm-data.ts'
import type { Person } from '../people.ts'
import { type Html, layout } from './layout.ts'

/** Where an administrator registers the callback URLs of each connected app. */
export function setupPage({ person, clients }: { person: Person; clients: CrmClient[] }): Html {
  return layout({
    title: 'App setup',
    person,
    here: '/setup',
    body: html`<h1>App setup</h1>
      <p class="soft">Applications that may ask people for access. An answer goes only to a callback URL that stands here.</p>
      <div class="stack">${clients.map(clientCard)}</div>
      ${clients.length === 0 ? html`<div class="card empty">No application is registered.</div>` : ''}`,
  })
}

function clientCard({ client_id, client_name, client_secret, redirect_uris }: CrmClient): Html {
  return html`<form class="card padded" method="post" action="/setup/${client_id}">
    <h2>${client_name}</h2>
    <p class="soft">Consumer key <code>${client_id}</code> · Consumer secret <code>${client_secret}</code></p>
    <label for="uris-${client_id}">Callback URLs, one a line</label>
    <textarea id="uris-${client_id}" name="redirect_uris" rows="${Math.max(3, redirect_uris.length + 1)}">${redirect_uris.join('\n')}</textarea>
    <p class="foot"><button>Save</button></p>
  </form>`
}
