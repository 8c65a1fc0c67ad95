import { type Context, Hono } from 'hono'
import type { CrmClient, CrmData, Row } from './crm-data.ts'
import { listConnectedApps, revokeGrant } from './grants.ts'
import { signIn } from './interaction.ts'
import { appsPage } from './pages/apps.ts'
import type { Html } from './pages/layout.ts'
import { casesPage, opportunitiesPage } from './pages/records.ts'
import { setupPage } from './pages/setup.ts'
import { signInPage } from './pages/sign-in.ts'
import { STYLE } from './pages/style.ts'
import type { Person } from './people.ts'
import { endSession, findSession } from './sessions.ts'
import type { Store } from './store.ts'

/** The pages a person sees: records, connected apps and, for an administrator, the registered applications. */
export function siteRoutes({ store }: { store: Store<CrmData> }): Hono {
  const { data } = store
  const app = new Hono()
  app.get('/style.css', (c) => c.body(STYLE, 200, { 'content-type': 'text/css', 'cache-control': 'max-age=3600' }))
  app.post('/sign-in', (c) => signIn(c, store))
  app.post('/sign-out', async (c) => {
    await endSession(c, store)
    return c.redirect('/', 303)
  })

  /** A page for whoever is signed in; others sign in first and come back. */
  const page = (path: string, render: (person: Person) => Html | null) =>
    app.get(path, (c) => {
      const person = findSession(c, store)?.person
      if (!person) return c.html(signInPage({ next: path }))
      const html = render(person)
      return html === null ? c.redirect('/', 303) : c.html(html)
    })
  page('/', (person) => opportunitiesPage({ person, ...recordsOf(data, 'Opportunity') }))
  page('/cases', (person) => casesPage({ person, ...recordsOf(data, 'Case') }))
  page('/apps', (person) => appsPage({ person, apps: listConnectedApps(data, person) }))
  page('/setup', (person) => (person.administers ? setupPage({ person, clients: Object.values(data.clients) }) : null))

  /** The address of a record, as Salesforce has them: leads to its row. */
  app.get('/:id{[a-zA-Z0-9]{18}}', (c) => {
    const id = c.req.param('id')
    const list = LISTS.find(({ type }) => Object.hasOwn(data.records[type] ?? {}, id))
    return list ? c.redirect(`${list.path}#${id}`, 303) : c.notFound()
  })

  app.post('/apps/:grantId/revoke', async (c) => {
    const person = findSession(c, store)?.person
    if (person && revokeGrant(data, person, c.req.param('grantId'))) await store.saved()
    return c.redirect('/apps', 303)
  })
  app.post('/setup/:clientId', async (c) => {
    const client = data.clients[c.req.param('clientId')]
    if (findSession(c, store)?.person.administers && client) await saveRedirectUris(c, store, client)
    return c.redirect('/setup', 303)
  })
  return app
}

const LISTS = [
  { type: 'Opportunity', path: '/' },
  { type: 'Case', path: '/cases' },
]

function recordsOf(data: CrmData, type: string) {
  const rows = (of: string): Row[] => Object.values(data.records[of] ?? {}).reverse()
  const accountNames = Object.fromEntries(rows('Account').map((row) => [row.Id, String(row.Name)]))
  return { rows: rows(type), accountNames, now: Date.now() }
}

async function saveRedirectUris(c: Context, store: Store<CrmData>, client: CrmClient): Promise<void> {
  const { redirect_uris } = await c.req.parseBody()
  const lines = String(redirect_uris ?? '').split('\n')
  client.redirect_uris = [...new Set(lines.map((line) => line.trim()).filter((line) => URL.canParse(line)))]
  await store.saved()
}
