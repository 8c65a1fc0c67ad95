import { randomBytes } from 'node:crypto'

/** What an id's prefix says it belongs to: one prefix per kind of row. */
export const ID_PREFIXES = {
  workspace: 'wks',
  project: 'prj',
  person: 'per',
  identity: 'idn',
  group: 'grp',
  session: 'ses',
  signInProvider: 'sip',
  signInAttempt: 'sia',
  apiKey: 'key',
  connection: 'con',
  connectRequest: 'req',
  connectVisit: 'vis',
  connectAttempt: 'att',
  connectTie: 'tie',
  consent: 'cns',
  namespace: 'nsp',
  heldAnswer: 'hld',
  notice: 'ntc',
  delegation: 'dlg',
  delegationRequest: 'dlr',
  recipe: 'rcp',
  job: 'job',
  message: 'msg',
  outgoing: 'out',
  email: 'eml',
  revocation: 'rev',
  bulkRevocation: 'blk',
  dataKey: 'dek',
  surfaceApp: 'sfa',
  surfaceInstallation: 'ins',
  surfaceEvent: 'sev',
} as const

export type IdKind = keyof typeof ID_PREFIXES
export type Id<K extends IdKind> = `${(typeof ID_PREFIXES)[K]}_${string}`

export type WorkspaceId = Id<'workspace'>
export type ProjectId = Id<'project'>
export type PersonId = Id<'person'>
export type IdentityId = Id<'identity'>
export type GroupId = Id<'group'>
export type SessionId = Id<'session'>
export type SignInProviderId = Id<'signInProvider'>
export type ApiKeyId = Id<'apiKey'>
export type ConnectionId = Id<'connection'>
export type ConnectRequestId = Id<'connectRequest'>
export type ConnectVisitId = Id<'connectVisit'>
export type ConnectTieId = Id<'connectTie'>
export type ConsentId = Id<'consent'>
export type NamespaceId = Id<'namespace'>
export type DelegationId = Id<'delegation'>
export type DelegationRequestId = Id<'delegationRequest'>
export type RecipeId = Id<'recipe'>
export type JobId = Id<'job'>
export type SurfaceAppId = Id<'surfaceApp'>
export type SurfaceInstallationId = Id<'surfaceInstallation'>

// Crockford's base 32: no i, l, o or u, so that an id read aloud or copied by hand survives.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * A new id: its kind's prefix, 48 bits of milliseconds, 80 bits of chance, in base 32 (26 characters).
 * Ids of one kind sort by the time they were made, which keeps database indexes dense. An id is a name, never a secret.
 */
export function newId<K extends IdKind>(kind: K, now: number = Date.now()): Id<K> {
  let time = ''
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time
  let chance = ''
  for (const byte of randomBytes(16)) chance += ALPHABET[byte % 32]
  return `${ID_PREFIXES[kind]}_${time}${chance}` as Id<K>
}

/** Whether a text from outside has the form of an id of this kind. */
export function isId<K extends IdKind>(kind: K, text: string): text is Id<K> {
  return new RegExp(`^${ID_PREFIXES[kind]}_[${ALPHABET}]{26}$`).test(text)
}
