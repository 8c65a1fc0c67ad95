import { createHash, createHmac, randomBytes } from 'node:crypto'
import { type ConnectTieId, type ConnectVisitId, newId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { PERSON_COLUMNS, type Person, personFromRow } from '#people/person.ts'
import type { ConnectVisit } from './connect-visit.ts'
import type { AskingContext } from './context.ts'

// Without I, O, 0 and 1, so that it can be read off a small screen. 32 of them: five bits each.
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const CODE_LENGTH = 6
const BROWSERS_A_VISIT = 20
const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** A browser without a session that opened a connect link, as its page is shown: the code is told to nobody else. */
export interface ShownTie {
  /** For the browser's cookie: 256 bits of chance, kept as a hash. */
  token: string
  /** Six characters, always the same for one browser and visit. */
  code: string
  createdAt: Date
}

/**
 * The tie of this browser to a visit: found again by its cookie, else made. Undefined when twenty browsers have opened the visit: no
 * further one gets a code. Whose browser it is, the typed code must tell. `onNew` is called in the transaction that makes the row, with the
 * number of browsers there are now.
 */
export async function ensureTie(
  ctx: AskingContext,
  visit: ConnectVisit,
  { cookie, onNew }: { cookie: string | undefined; onNew(tx: Db, browsers: number): Promise<void> },
): Promise<ShownTie | undefined> {
  const known = cookie ? await findTie(ctx.db, visit.id, cookie) : undefined
  if (cookie && known) return { token: cookie, code: codeOf(cookie, visit.id), createdAt: known.created_at }
  // why: a token that this server never gave out could be one that somebody else put there.
  const token = cookie && (await isOurs(ctx.db, cookie)) ? cookie : randomBytes(32).toString('base64url')
  const code = codeOf(token, visit.id)
  const key = await ctx.dataKeys.take(visit.workspaceId, ctx.clock())
  return ctx.db.transaction().execute(async (tx) => {
    await tx.selectFrom('connect_visits').select('id').where('id', '=', visit.id).forUpdate().execute()
    const others = await countTies(tx, visit.id)
    if (others >= BROWSERS_A_VISIT) return undefined
    const createdAt = ctx.clock()
    const made = await tx
      .insertInto('connect_ties')
      .values({
        id: newId('connectTie'),
        workspace_id: visit.workspaceId,
        visit_id: visit.id,
        token_hash: hashToken(token),
        data_key_id: key.id,
        code_hash: key.fingerprint(codeText(visit.id, code)),
        created_at: createdAt,
      })
      .onConflict((conflict) => conflict.columns(['visit_id', 'token_hash']).doNothing())
      .returning('id')
      .executeTakeFirst()
    // Otherwise the same browser was here at this very moment.
    if (made) await onNew(tx, others + 1)
    return { token, code, createdAt }
  })
}

/** The row of a browser for a visit, by its cookie. */
export async function findTie(db: Db, visitId: ConnectVisitId, token: string) {
  if (!TOKEN.test(token)) return undefined
  return db
    .selectFrom('connect_ties')
    .select(['id', 'created_at'])
    .where('visit_id', '=', visitId)
    .where('token_hash', '=', hashToken(token))
    .executeTakeFirst()
}

/**
 * Whom a browser is tied to by a code they typed, for this one visit, while it stands; undefined for a browser whose code nobody typed.
 * `tieId` is the tie an attempt was begun with.
 */
export async function findTiedPerson(
  ctx: AskingContext,
  { visitId, tieId, token }: { visitId: ConnectVisitId; tieId?: ConnectTieId; token: string | undefined },
): Promise<{ person: Person; tieId: ConnectTieId } | undefined> {
  if (!token || !TOKEN.test(token)) return undefined
  let query = ctx.db
    .selectFrom('connect_ties')
    .innerJoin('connect_visits', 'connect_visits.id', 'connect_ties.visit_id')
    .innerJoin('persons', 'persons.id', 'connect_visits.person_id')
    .select(PERSON_COLUMNS)
    .select('connect_ties.id as tie_id')
    .where('connect_ties.visit_id', '=', visitId)
    .where('connect_ties.token_hash', '=', hashToken(token))
    .where('tied_at', 'is not', null)
    .where('connect_visits.status', '<>', 'burnt')
    .where('connect_visits.expires_at', '>', ctx.clock())
    .where('persons.status', '=', 'active')
  if (tieId) query = query.where('connect_ties.id', '=', tieId)
  const row = await query.executeTakeFirst()
  return row && { person: personFromRow(row), tieId: row.tie_id }
}

/** Whether a text can be a code at all. */
export const isCode = (text: string): boolean => new RegExp(`^[${ALPHABET}]{${CODE_LENGTH}}$`).test(text)

/** What a code's fingerprint is made of: a code is worth something for its own visit only. */
export const codeText = (visitId: ConnectVisitId, code: string): string => `${visitId} ${code}`

/** The first 30 bits of an HMAC by the browser's own token: nobody else can work it out, and nothing has to be kept for it. */
function codeOf(token: string, visitId: ConnectVisitId): string {
  const digest = createHmac('sha256', token).update(`code for ${visitId}`).digest()
  return [...digest.subarray(0, CODE_LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('')
}

async function isOurs(db: Db, token: string): Promise<boolean> {
  if (!TOKEN.test(token)) return false
  const row = await db
    .selectFrom('connect_ties')
    .select('id')
    .where('token_hash', '=', hashToken(token))
    .executeTakeFirst()
  return row !== undefined
}

async function countTies(tx: Db, visitId: ConnectVisitId): Promise<number> {
  const { count } = await tx
    .selectFrom('connect_ties')
    .select((from) => from.fn.countAll<string>().as('count'))
    .where('visit_id', '=', visitId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()
