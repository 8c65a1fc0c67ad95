import { createHash, randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import { UserError } from '#core/errors.ts'
import { type ApiKeyId, type NamespaceId, newId, type PersonId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import { type ApiKeyActor, actorOf, hasPrivilege, type PersonActor, requirePrivilege } from './actor.ts'
import { checkName } from './names.ts'
import { PERSON_COLUMNS, personFromRow } from './person.ts'
import { isPrivilege, type Privilege } from './privileges.ts'

const PREFIX = 'bhk_'
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
// 62^43 > 2^256: 32 bytes always fit.
const LENGTH = 43
const TOKEN = /^bhk_[0-9A-Za-z]{43}$/
const LAST_USED_STEP_MS = 60 * 1000

/** All that a key of a namespace can be allowed: what reaches beyond the product's own people is not for it. */
const OF_NAMESPACE: readonly Privilege[] = ['recipes.run', 'recipes.view', 'connections.view']

/** An API key as it is listed; the token itself is shown once, when it is made. */
export interface ApiKey {
  id: ApiKeyId
  workspaceId: WorkspaceId
  name: string
  /** The token's last characters, to recognise it by. */
  hint: string
  privileges: string[]
  /** The product as whose people it acts; null for a key that acts as nobody. */
  namespaceId: NamespaceId | null
  createdBy: PersonId
  createdAt: Date
  /** To the minute. */
  lastUsedAt: Date | null
  expiresAt: Date | null
  revokedAt: Date | null
}

/**
 * Makes an API key. `token` is `bhk_` and 256 bits in base 62; it is stored as a hash and can never be shown again.
 * Refuses privileges the creator has not (`forbidden`), `invalid_name`, an `expiresAt` in the past (`expiry_passed`), and for a key of a
 * namespace, which the caller has made sure of, privileges beyond the product's own people (`namespace_privilege`).
 */
export async function createApiKey(
  db: Db,
  wanted: {
    creator: PersonActor
    name: string
    privileges: Privilege[]
    namespaceId?: NamespaceId | null
    expiresAt: Date | null
    now: Date
  },
): Promise<{ token: string; key: ApiKey }> {
  const { creator, privileges, namespaceId = null, expiresAt, now } = wanted
  requirePrivilege(creator, ...privileges)
  if (namespaceId !== null && !privileges.every((each) => OF_NAMESPACE.includes(each)))
    throw new UserError(
      'namespace_privilege',
      `A key of a namespace acts as its own people alone. It can have only: ${OF_NAMESPACE.join(', ')}.`,
      { status: 422 },
    )
  if (expiresAt && expiresAt <= now) {
    throw new UserError('expiry_passed', 'Choose an expiry date in the future, or none.', { status: 422 })
  }
  const token = newToken()
  const row = {
    id: newId('apiKey', now.getTime()),
    workspace_id: creator.person.workspaceId,
    name: checkName(wanted.name),
    hint: token.slice(-4),
    privileges: [...new Set(privileges)],
    namespace_id: namespaceId,
    created_by: creator.person.id,
    created_at: now,
    last_used_at: null,
    expires_at: expiresAt,
    revoked_at: null,
  }
  await db
    .insertInto('api_keys')
    .values({ ...row, token_hash: hashToken(token) })
    .execute()
  return { token, key: apiKeyFromRow(row) }
}

/**
 * Who acts with that token; undefined when it is unknown, revoked or expired, or its creator is not active any more.
 * It may do what both the key says and its creator's role still allows: a key never outlives the rights of who made it.
 */
export async function findApiKey(db: Db, token: string, now: Date): Promise<ApiKeyActor | undefined> {
  if (!TOKEN.test(token)) return undefined
  const row = await db
    .selectFrom('api_keys')
    .innerJoin('persons', 'persons.id', 'api_keys.created_by')
    .leftJoin('namespaces', 'namespaces.id', 'api_keys.namespace_id')
    .select(PERSON_COLUMNS)
    .select(['api_keys.id as key_id', 'api_keys.name as key_name', 'api_keys.privileges', 'last_used_at'])
    .select('api_keys.namespace_id')
    .where('namespaces.deleted_at', 'is', null)
    .where('token_hash', '=', hashToken(token))
    .where('revoked_at', 'is', null)
    .where('persons.status', '=', 'active')
    .where((or) => or.or([or('expires_at', 'is', null), or('expires_at', '>', now)]))
    .executeTakeFirst()
  if (!row) return undefined
  await noteUsed(db, row.key_id, row.last_used_at, now)
  const creator = actorOf(personFromRow(row))
  const privileges = row.privileges.filter(isPrivilege).filter((privilege) => hasPrivilege(creator, privilege))
  const { key_id: id, key_name: name, workspace_id: workspaceId, namespace_id: namespaceId } = row
  return { kind: 'api_key', id, workspaceId, name, namespaceId, privileges: new Set(privileges) }
}

/** The workspace's keys, revoked and expired ones too, the newest first. */
export async function listApiKeys(db: Db, workspaceId: WorkspaceId): Promise<ApiKey[]> {
  const rows = await db
    .selectFrom('api_keys')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('id', 'desc')
    .execute()
  return rows.map(apiKeyFromRow)
}

/** Revokes a key for good; it is refused from the next request on. Refuses `api_key_not_found`; doing it twice is fine. */
export async function revokeApiKey(
  db: Db,
  { workspaceId, id, now }: { workspaceId: WorkspaceId; id: ApiKeyId; now: Date },
): Promise<ApiKey> {
  const row = await db
    .updateTable('api_keys')
    .set((set) => ({ revoked_at: set.fn.coalesce('revoked_at', set.val(now)) }))
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .returningAll()
    .executeTakeFirst()
  if (row) return apiKeyFromRow(row)
  throw new UserError('api_key_not_found', 'There is no such API key in this workspace.', { status: 404 })
}

async function noteUsed(db: Db, id: ApiKeyId, lastUsedAt: Date | null, now: Date): Promise<void> {
  const due = new Date(now.getTime() - LAST_USED_STEP_MS)
  if (lastUsedAt && lastUsedAt > due) return
  await db
    .updateTable('api_keys')
    .set({ last_used_at: now })
    .where('id', '=', id)
    .where((or) => or.or([or('last_used_at', 'is', null), or('last_used_at', '<=', due)]))
    .execute()
}

function newToken(): string {
  let rest = BigInt(`0x${randomBytes(32).toString('hex')}`)
  let text = ''
  for (let i = 0; i < LENGTH; i++, rest /= 62n) text = ALPHABET[Number(rest % 62n)] + text
  return PREFIX + text
}

// As with sessions: 256 bits of chance need no slow hash.
function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function apiKeyFromRow(row: Omit<Selectable<Tables['api_keys']>, 'token_hash'>): ApiKey {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    name: row.name,
    hint: row.hint,
    privileges: row.privileges,
    namespaceId: row.namespace_id,
    createdBy: row.created_by,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  }
}
