import { readFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { deleteCookie } from 'hono/cookie'
import { ACCOUNT_COOKIE } from '../../../test/support/authorization-server.ts'
import type { Slack } from '../../../test/support/slack/driver.ts'
import { accountOf } from '../../../test/support/slack/openid.ts'
import type { SlackPerson } from '../../../test/support/slack/person.ts'
import { CRM_SESSION_COOKIE } from '../../crm/sessions.ts'
import { MEMBERS } from '../team.ts'
import { act, Deed } from './act.ts'
import { slackPage } from './page.ts'
import { STYLE } from './style.ts'
import { viewOf } from './view.ts'

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'"

/** A chat to click on, at `/client` of the emulated Slack: as Alice or Bob, whoever this browser is there. */
export function slackPages(slack: Slack): RequestListener {
  const app = new Hono().basePath('/client')
  app.use(async (c, next) => {
    c.header('content-security-policy', POLICY)
    if (c.req.method !== 'GET' && c.req.header('origin') !== slack.url) return c.text('Cross-site request refused', 403)
    return next()
  })
  app.get('/', (c) => c.html(slackPage(meIn(slack, c)?.user.name ?? null)))
  app.get('/style.css', (c) => c.body(STYLE, 200, { 'content-type': 'text/css' }))
  app.get('/:script{(client|blocks)\\.mjs}', async (c) => {
    const script = await readFile(join(import.meta.dirname, c.req.param('script')))
    return c.body(script, 200, { 'content-type': 'text/javascript' })
  })
  app.post('/be/:name', (c) => become(slack, c))
  app.get('/view', async (c) => {
    const me = meIn(slack, c)
    return me ? c.json(await viewOf(slack, me, c.req.query('place') ?? '')) : c.json(null, 401)
  })
  app.post('/act', async (c) => {
    const me = meIn(slack, c)
    const deed = Deed.safeParse(await c.req.json().catch(() => null))
    if (!me || !deed.success) return c.json(null, me ? 400 : 401)
    return c.json(await act(slack, me, deed.data))
  })
  return getRequestListener(app.fetch)
}

/** Whoever this browser is signed in to the emulated Slack as, by the cookie that Sign in with Slack goes by, too. */
function meIn(slack: Slack, c: Context): SlackPerson | null {
  const account = new RegExp(`(?:^|; )${ACCOUNT_COOKIE}=([^;]+)`).exec(c.req.header('cookie') ?? '')?.[1]
  const people = MEMBERS.map(({ key }) => slack.person(key))
  return people.find(({ team, user }) => accountOf(team.id, user.id) === account) ?? null
}

/** What of somebody else's this browser still holds; cookies ignore ports, so that it can be taken away from here. */
const OF_ANOTHER = ['behalf', 'behalf-tie', 'as_session', CRM_SESSION_COOKIE]

function become(slack: Slack, c: Context): Response {
  const member = MEMBERS.find(({ key }) => key === c.req.param('name'))
  if (!member) return c.redirect('/client', 303)
  for (const name of OF_ANOTHER) deleteCookie(c, name, { path: '/' })
  const { team, user } = slack.person(member.key)
  // why: as it is, because the provider reads it so; the framework would write %2F for the slash.
  const cookie = `${ACCOUNT_COOKIE}=${accountOf(team.id, user.id)}; Path=/; HttpOnly; SameSite=Lax`
  c.header('set-cookie', cookie, { append: true })
  return c.redirect('/client', 303)
}
