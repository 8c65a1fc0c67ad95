import { hashPassword, storePassword } from '../../src/people/passwords.ts'
import type { Person } from '../../src/people/person.ts'
import type { TestPerson } from './behalf.ts'
import { type Browser, openBrowser, type Page } from './browser.ts'
import type { Stage } from './stage.ts'

/** Opens a link and presses Connect, but does not go where that leads: the authorization request. */
export async function pressConnect(browser: Browser, link: string): Promise<URL> {
  const page = await browser.open(link)
  const form = page.forms.find(({ buttons }) => buttons.some(({ label }) => label === 'Connect Salesforce'))
  if (!form) throw new Error(`there is nothing to connect on ${page.url}: ${page.text()}`)
  const answer = await post(browser, new URL(form.action, page.url), {
    ...Object.fromEntries(form.fields),
    do: 'connect',
  })
  const location = answer.headers.get('location')
  if (!location) throw new Error(`Connect was answered with ${answer.status}: ${await answer.text()}`)
  return new URL(location)
}

/**
 * Consents at the CRM in this browser, as this person of the CRM, and stops where the CRM sends the browser back: that address, which
 * nobody has opened yet.
 */
export async function consentAt(browser: Browser, authorization: URL, as: string): Promise<URL> {
  const callback = new URL(authorization.searchParams.get('redirect_uri') ?? '')
  const page = await openBrowser({ ...browser.jar, fetch: stopAt(callback, browser.jar.fetch) }).open(authorization)
  const consent = page.buttons.some(({ label }) => label.includes('Continue as'))
    ? await page.click(`Continue as ${as}`)
    : page
  return new URL((await consent.click('Allow')).url)
}

function stopAt(callback: URL, fetch: Browser['fetch']): Browser['fetch'] {
  return async (to, init) => {
    const { origin, pathname } = new URL(to)
    return origin === callback.origin && pathname === callback.pathname ? new Response('') : fetch(to, init)
  }
}

export const PASSWORD = 'correct horse battery staple'

/** Signs this browser in as somebody, on the page where a person would. Answers the page it comes to. */
export async function signInAs(stage: Stage, browser: Browser, { person }: TestPerson, next = '/chat'): Promise<Page> {
  await givePassword(stage, person)
  const page = await browser.open(new URL(`/sign-in?next=${encodeURIComponent(next)}`, stage.url))
  return page.submit({ email: person.email ?? '', password: PASSWORD })
}

/** Lets a person sign in with their e-mail address and `PASSWORD`. */
export async function givePassword(
  { database }: Pick<Stage, 'database'>,
  { id: personId, workspaceId, email }: Person,
): Promise<void> {
  if (!email) throw new Error('they sign in by e-mail')
  const hash = await hashPassword(PASSWORD, email)
  await storePassword(database.db, { workspaceId, personId, email, hash, now: new Date() })
}

/** Sends a form as a page of Behalf would, without going where that leads. */
export function post(browser: Browser, to: string | URL, form: Record<string, string>): Promise<Response> {
  const headers = { origin: new URL(to).origin }
  return browser.fetch(to, { method: 'POST', headers, body: new URLSearchParams(form) })
}

/** An address with one parameter set otherwise; null takes it away. */
export function withParameter(url: URL, name: string, value: string | null): URL {
  const changed = new URL(url)
  if (value === null) changed.searchParams.delete(name)
  else changed.searchParams.set(name, value)
  return changed
}
