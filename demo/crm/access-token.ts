import type Provider from 'oidc-provider'
import { findPersonByAccount } from './authorization-server.ts'
import { hashToken } from './oauth-adapter.ts'
import type { Person } from './people.ts'

/** Whom a request speaks for. */
export interface Caller {
  person: Person
  accountId: string
  scopes: ReadonlySet<string>
  /** Names the access token without being it. */
  tokenHash: string
}

/** The caller an `Authorization` header stands for; null when it is missing, unknown, expired, or its grant has ended. */
export async function findCaller(provider: Provider, authorization: string | undefined): Promise<Caller | null> {
  const value = /^(?:Bearer|OAuth) (.+)$/i.exec(authorization ?? '')?.[1]
  const token = value ? await provider.AccessToken.find(value) : undefined
  if (!value || !token?.isValid || !token.grantId) return null
  if (!(await provider.Grant.find(token.grantId))) return null
  const person = findPersonByAccount(token.accountId)
  return person ? { person, accountId: token.accountId, scopes: token.scopes, tokenHash: hashToken(value) } : null
}
