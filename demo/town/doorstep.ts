import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { deleteCookie } from 'hono/cookie'
import { CRM_SESSION_COOKIE } from '../crm/sessions.ts'
import { doorstepPage } from './doorstep-page.ts'
import { ALICE, BOB, DANA } from './people.ts'

const PEOPLE = [ALICE, BOB, DANA]

/** A page with one button for each person of the town, each of which signs this browser in at Behalf as them. */
export async function startDoorstep({
  port,
  behalf,
}: {
  port: number
  behalf: string
}): Promise<{ url: string; stop(): Promise<void> }> {
  const url = `http://127.0.0.1:${port}`
  const server = createServer(getRequestListener(doorstepRoutes(url, behalf).fetch))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

function doorstepRoutes(url: string, behalf: string): Hono {
  const app = new Hono()
  app.get('/', (c) => sendPage(c, null))
  app.post('/be/:key', async (c) => {
    if (c.req.header('origin') !== url) return c.text('Cross-site request refused', 403)
    const person = PEOPLE.find(({ key }) => key === c.req.param('key'))
    if (!person) return c.redirect('/', 303)
    const cookie = await signInAs(behalf, person)
    if (!cookie) return sendPage(c, `Behalf does not let ${person.name} in with the password of this demonstration.`)
    return becomes(c, cookie, `${behalf}/chat`)
  })
  return app
}

/**
 * Signs in by Behalf's own page, as a browser would, and gives the cookie that Behalf sets. A form here that led to Behalf's page would
 * be refused there, rightly: it would come from another origin.
 */
async function signInAs(behalf: string, { email, password }: typeof ALICE): Promise<string | undefined> {
  const response = await fetch(`${behalf}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ email, password }),
  })
  await response.body?.cancel()
  return response.status === 303 ? response.headers.getSetCookie()[0] : undefined
}

/**
 * Hands Behalf's cookie to this browser as it came. why it works: a cookie belongs to a host, and hosts are compared without their port
 * (RFC 6265, section 8.5), so that what 127.0.0.1:3003 sets, the browser sends to 127.0.0.1:3000. Not a way into a real server,
 * which is alone on its host: whoever can set cookies here knows the password already.
 *
 * For the same reason the CRM can be left: somebody else is about to sign in there.
 */
function becomes(c: Context, cookie: string, next: string): Response {
  deleteCookie(c, CRM_SESSION_COOKIE, { path: '/' })
  c.header('set-cookie', cookie, { append: true })
  return c.redirect(next, 303)
}

function sendPage(c: Context, problem: string | null): Response | Promise<Response> {
  c.header(
    'content-security-policy',
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'",
  )
  return c.html(doorstepPage(PEOPLE, problem), problem ? 502 : 200)
}
