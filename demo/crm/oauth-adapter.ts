import { createHash } from 'node:crypto'
import { type Adapter, type AdapterFactory, type AdapterPayload, type ClientMetadata, errors } from 'oidc-provider'

interface OAuthRow {
  payload: AdapterPayload
  grantId?: string
  expiresAt: number | null
  consumedAt?: number
}

/** What the authorization server keeps: rows by model and hashed id. Plain JSON. */
export type OAuthRows = Record<string, Record<string, OAuthRow>>

interface OAuthStorage {
  rows: OAuthRows
  /** Resolves when the rows as they are now are kept. */
  saved(): Promise<void>
  findClient(clientId: string): ClientMetadata | undefined
}

/**
 * Storage for `oidc-provider`: ids of credentials are kept as hashes, clients come from `findClient`, so that they can change
 * while the server runs, and a code or refresh token is consumed once even by two requests at the same moment.
 */
export function oauthAdapter(storage: OAuthStorage): AdapterFactory {
  return (model) => (model === 'Client' ? clientAdapter(storage) : rowAdapter(storage, model))
}

/** How a credential is named where it must not be readable: in the kept rows and in the request log. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** Ends a grant and everything issued from it: every later use of its tokens is refused. */
export function endGrant(rows: OAuthRows, grantId: string): void {
  delete rows.Grant?.[grantId]
  for (const model of Object.values(rows)) {
    for (const [id, row] of Object.entries(model)) if (row.grantId === grantId) delete model[id]
  }
}

function rowAdapter({ rows, saved }: OAuthStorage, model: string): Adapter {
  // why: the site's own session says who is signed in; a second one, the provider's, could only disagree with it.
  const keeps = model !== 'Session'
  const key = (id: string) => (model === 'Grant' ? id : hashToken(id))
  const mine = () => {
    rows[model] ??= {}
    return rows[model]
  }
  return {
    async upsert(id, { jti: _secret, ...payload }, expiresIn) {
      if (!keeps) return
      const expiresAt = expiresIn ? Date.now() + expiresIn * 1000 : null
      mine()[key(id)] = { payload, expiresAt, ...(payload.grantId ? { grantId: payload.grantId } : {}) }
      forgetExpired(mine())
      await saved()
    },
    async find(id) {
      const row = mine()[key(id)]
      if (!row || (row.expiresAt !== null && row.expiresAt <= Date.now())) return undefined
      return { ...row.payload, jti: id, ...(row.consumedAt ? { consumed: Math.floor(row.consumedAt / 1000) } : {}) }
    },
    async findByUid() {
      return undefined
    },
    async findByUserCode() {
      return undefined
    },
    async consume(id) {
      const row = mine()[key(id)]
      // why: the provider looks at `consumed` before it calls this; two requests can both have seen an unused token.
      // The second is a reuse like any other and ends the family.
      if (!row || row.consumedAt) {
        if (row?.grantId) endGrant(rows, row.grantId)
        await saved()
        throw new errors.InvalidGrant('already used')
      }
      row.consumedAt = Date.now()
      await saved()
    },
    async destroy(id) {
      delete mine()[key(id)]
      await saved()
    },
    async revokeByGrantId(grantId) {
      for (const [id, row] of Object.entries(mine())) if (row.grantId === grantId) delete mine()[id]
      await saved()
    },
  }
}

function clientAdapter({ findClient }: OAuthStorage): Adapter {
  const never = async () => {
    throw new Error('clients are registered at the CRM, not by the protocol')
  }
  return {
    find: async (id) => findClient(id) as AdapterPayload | undefined,
    upsert: never,
    destroy: never,
    consume: never,
    revokeByGrantId: never,
    findByUid: never,
    findByUserCode: never,
  }
}

// Rows stand in the order they were made, and those of one model live about equally long: the oldest few are enough to look at.
function forgetExpired(model: Record<string, OAuthRow>): void {
  let looked = 0
  for (const id in model) {
    if (looked++ === 3) return
    const { expiresAt } = model[id]!
    if (expiresAt !== null && expiresAt <= Date.now()) delete model[id]
  }
}
