import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { CrmData } from './crm-data.ts'
import { hashToken } from './oauth-adapter.ts'
import { findPerson, type Person } from './people.ts'
import type { Store } from './store.ts'

// why: cookies ignore ports, so everything on 127.0.0.1 shares one jar.
export const CRM_SESSION_COOKIE = 'crm_session'
const LIFE_SECONDS = 30 * 86_400

/** Signs the browser in as `person`, replacing whoever was signed in. `onTheWayTo` is the path they were going to. */
export async function startSession(
  c: Context,
  store: Store<CrmData>,
  person: Person,
  onTheWayTo: string,
): Promise<void> {
  forget(c, store)
  const token = randomBytes(32).toString('base64url')
  store.data.sessions[hashToken(token)] = {
    userId: person.userId,
    onTheWayTo,
    expiresAt: Date.now() + LIFE_SECONDS * 1000,
  }
  await store.saved()
  setCookie(c, CRM_SESSION_COOKIE, token, { path: '/', httpOnly: true, sameSite: 'Lax', maxAge: LIFE_SECONDS })
}

/** Who the browser is signed in as, and where they were going when they signed in. */
export function findSession(c: Context, store: Store<CrmData>): { person: Person; onTheWayTo: string } | null {
  const token = getCookie(c, CRM_SESSION_COOKIE)
  const session = token ? store.data.sessions[hashToken(token)] : undefined
  const person = session && session.expiresAt > Date.now() ? findPerson(session.userId) : undefined
  return session && person ? { person, onTheWayTo: session.onTheWayTo } : null
}

export async function endSession(c: Context, store: Store<CrmData>): Promise<void> {
  forget(c, store)
  await store.saved()
  deleteCookie(c, CRM_SESSION_COOKIE, { path: '/' })
}

function forget(c: Context, store: Store<CrmData>): void {
  const token = getCookie(c, CRM_SESSION_COOKIE)
  if (token) delete store.data.sessions[hashToken(token)]
}
