import { addRedirectUri, putClient } from './admin.ts'
import type { OAuthCounts } from './authorization-server.ts'
import type { CrmClient, CrmData, Row } from './crm-data.ts'
import type { CrmPlace, Faults } from './faults.ts'
import { listConnectedApps, revokeGrantsOf } from './grants.ts'
import { findPerson, type Person } from './people.ts'
import type { RestRequest } from './rest/rest-routes.ts'
import type { Store } from './store.ts'

/** What tests in the same process can see and do beside HTTP. */
export interface CrmHooks {
  putClient(client: CrmClient): Promise<void>
  addRedirectUri(clientId: string, uri: string): Promise<boolean>

  /** REST requests since start, oldest first; the last 100,000 of them. */
  readonly requests: readonly RestRequest[]
  /** Token requests by `grant_type`; those that were ordered to fail count as `failed`. */
  readonly tokenRequests: Readonly<Record<string, number>>
  /** Grants ended through the revocation endpoint. */
  readonly revocations: number
  /** Opportunities, oldest first, with the keys of the persons they belong to and were made by. */
  opportunities(): Opportunity[]
  /** Any records as they are kept, oldest first. */
  records(type: string): Row[]
  /** How many grants of this person (`alice`) are alive. */
  liveGrantsOf(person: string): number

  /** Ends every grant of this person, as they could under Connected apps; how many there were. */
  revokeGrantsOf(person: string): Promise<number>
  /** Every access token is dead from now on; refresh tokens live. */
  expireAccessTokens(): void
  /** The next `n` requests to the REST API are answered with `status` and do nothing. */
  failNext(n: number, status: number, headers?: Record<string, string>): void
  /** The same for the token endpoint. */
  failNextToken(n: number, status: number, headers?: Record<string, string>): void
  /** The same for the revocation endpoint. */
  failNextRevocation(n: number, status: number, headers?: Record<string, string>): void
  /** The next REST request is carried out, but its connection is cut before the answer. */
  dropNextResponse(): void
  /** The same for the token endpoint. */
  dropNextTokenResponse(): void
  setDelayMs(ms: number): void
}

export interface Opportunity {
  id: string
  name: string
  amount: number | null
  stage: string
  /** `alice` */
  owner: string
  createdBy: string
}

interface HooksContext {
  store: Store<CrmData>
  faults: Faults<CrmPlace>
  counts: OAuthCounts
  requests: RestRequest[]
}

/** The hooks of one running CRM. */
export function crmHooks({ store, faults, counts, requests }: HooksContext): CrmHooks {
  const { data } = store
  return {
    putClient: (client: CrmClient) => putClient(store, client),
    addRedirectUri: (clientId: string, uri: string) => addRedirectUri(store, clientId, uri),
    requests,
    tokenRequests: counts.tokenRequests,
    get revocations() {
      return counts.revocations
    },
    opportunities: () => Object.values(data.records.Opportunity ?? {}).map(opportunity),
    records: (type: string) => Object.values(data.records[type] ?? {}),
    liveGrantsOf: (person: string) => listConnectedApps(data, loadPerson(person)).length,
    async revokeGrantsOf(person: string) {
      const ended = revokeGrantsOf(data, loadPerson(person))
      await store.saved()
      return ended
    },
    expireAccessTokens() {
      data.oauth.AccessToken = {}
    },
    failNext: faults.failNext.bind(null, 'rest'),
    failNextToken: faults.failNext.bind(null, 'token'),
    failNextRevocation: faults.failNext.bind(null, 'revoke'),
    dropNextResponse: () => faults.dropNextResponse('rest'),
    dropNextTokenResponse: () => faults.dropNextResponse('token'),
    setDelayMs: faults.setDelayMs,
  }
}

function opportunity(row: Row): Opportunity {
  const key = (userId: unknown) => findPerson(String(userId))!.key
  return {
    id: row.Id,
    name: String(row.Name),
    amount: row.Amount === null ? null : Number(row.Amount),
    stage: String(row.StageName),
    owner: key(row.OwnerId),
    createdBy: key(row.CreatedById),
  }
}

function loadPerson(name: string): Person {
  const person = findPerson(name)
  if (!person) throw new Error(`nobody is called ${name} at Acme CRM`)
  return person
}
