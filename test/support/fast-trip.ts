import { cookieOf } from '../../src/commands/identify.ts'
import type { PersonId } from '../../src/core/ids.ts'
import type { JobsContext } from '../../src/jobs/context.ts'
import { startSession } from '../../src/people/sessions.ts'
import { openBrowser } from './browser.ts'

/**
 * A person with a waiting job connects at the bench's CRM, as whoever has their e-mail address there: connect page, authorization, callback,
 * over HTTP, in a browser that is signed in. Answers how many milliseconds the callback took to be answered. Throws when it did not connect.
 */
export async function connectByTrip(
  ctx: JobsContext & Parameters<typeof cookieOf>[0],
  { personId, url, application }: { personId: PersonId; url: URL; application: string },
): Promise<number> {
  const { email } = await ctx.db
    .selectFrom('persons')
    .select('email')
    .where('id', '=', personId)
    .executeTakeFirstOrThrow()
  const visit = await ctx.db
    .selectFrom('connect_visits')
    .select('id')
    .where('person_id', '=', personId)
    .where('status', '=', 'open')
    .limit(1)
    .executeTakeFirstOrThrow()
  const browser = openBrowser()
  const { token } = await startSession(ctx.db, { personId, userAgent: 'bench', now: new Date() })
  browser.jar.set(url.href, cookieOf({ ...ctx, publicUrl: url }).name, token)
  const page = await browser.open(new URL(`/connect/v/${visit.id}`, url))
  const button = page.buttons.find(({ label }) => label === `Connect ${application}`)
  if (!button?.form) throw new Error(`the connect page has no button to connect: ${page.text()}`)
  const pressed = await browser.fetch(new URL(button.form.action, page.url), {
    method: 'POST',
    body: new URLSearchParams(button.form.fields.concat(button.name ? [[button.name, button.value]] : [])),
    headers: { origin: url.origin },
  })
  const authorization = new URL(locationOf(pressed))
  authorization.searchParams.set('login', email ?? '')
  const callback = locationOf(await fetch(authorization, { redirect: 'manual' }))
  const began = performance.now()
  const answer = await browser.fetch(callback)
  const ms = performance.now() - began
  if (!locationOf(answer).includes('connected')) throw new Error(`nothing was connected: ${locationOf(answer)}`)
  return ms
}

function locationOf(response: Response): string {
  const location = response.headers.get('location')
  if (response.status > 399 || !location) throw new Error(`answered with ${response.status}, and no way on`)
  return location
}
