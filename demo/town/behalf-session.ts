import { type Browser, openBrowser } from '../../test/support/browser.ts'
import type { Townsperson } from './people.ts'

/** A browser that is signed in at Behalf, and the HTTP API as its pages use it. */
export interface BehalfSession {
  browser: Browser
  /** One request to the API. Gives `data` of the answer; throws with Behalf’s own message for a refusal. */
  api<T = unknown>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T>
  /** Everything of a list, page by page. `path` has a query. */
  list<T>(path: `${string}?${string}`): Promise<T[]>
}

/** Signs in by the page for it, as people do. Throws when Behalf does not let them in. */
export async function signIn(behalf: string, { name, email, password }: Townsperson): Promise<BehalfSession> {
  const session = sessionOf(behalf, openBrowser())
  const page = await session.browser.open(`${behalf}/sign-in`)
  const next = await page.submit({ email, password })
  if (new URL(next.url).pathname === '/sign-in') throw new Error(`${name} cannot sign in at Behalf: ${next.text()}`)
  return session
}

/** The API as a browser reaches it: with its cookie, and with the origin that browsers send along. */
export function sessionOf(behalf: string, browser: Browser): BehalfSession {
  const ask = async (method: string, path: string, body?: object) => {
    const response = await browser.fetch(`${behalf}/api${path}`, {
      method,
      headers: { origin: behalf, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const answer = text === '' ? null : JSON.parse(text)
    if (response.ok) return answer
    throw new Error(`${method} ${path} was refused: ${answer?.error?.message ?? response.status}`)
  }
  return {
    browser,
    api: async (method, path, body) => (await ask(method, path, body))?.data,
    async list<T>(path: string) {
      const all: T[] = []
      for (let before = ''; ; ) {
        const page = await ask('GET', `${path}&limit=200${before}`)
        all.push(...page.data)
        if (page.next === null) return all
        before = `&before=${page.next}`
      }
    },
  }
}
