import { createHash, randomBytes } from 'node:crypto'
import { type SealedPlace, seal } from '#connections/sealing/seal.ts'
import type { RecipeUse } from '#connections/standing.ts'
import { type ConnectionId, newId } from '#core/ids.ts'
import { recordAudit } from '#people/audit.ts'
import type { ConnectVisit } from './connect-visit.ts'
import type { AskingContext } from './context.ts'

/** How long a product may take to confirm. */
const HELD_FOR_MS = 60_000

/** What a browser answered for a person of a product. */
export type HeldAnswer = {
  connectionId: ConnectionId
} /** It came back from the application; `query` is what that sent, the authorization code with it. */ & (
  | { kind: 'connect'; attemptId: string; query: URLSearchParams }
  /** It let recipes use what is connected already, each for what the page showed. */
  | { kind: 'allow'; uses: RecipeUse[] }
  | { kind: 'decline' }
)

export const hashCompletion = (completion: string): Buffer => createHash('sha256').update(completion).digest()

export const heldPlace = (id: string): SealedPlace => ({ table: 'held_answers', id, column: 'sealed_query' })

/**
 * Holds an answer for a minute: nothing is done, and no code exchanged, until the product has confirmed that it was its signed-in user.
 * Answers where the browser goes: the product's own address, with a one-time `completion` and the connection's id.
 */
export async function holdAnswer(ctx: AskingContext, visit: ConnectVisit, answer: HeldAnswer): Promise<string> {
  const id = newId('heldAnswer')
  const completion = randomBytes(32).toString('base64url')
  const now = ctx.clock()
  await ctx.db
    .insertInto('held_answers')
    .values({
      id,
      workspace_id: visit.workspaceId,
      visit_id: visit.id,
      connection_id: answer.connectionId,
      kind: answer.kind,
      completion_hash: hashCompletion(completion),
      ...(answer.kind === 'allow' && {
        uses: JSON.stringify(answer.uses.map(({ recipeId, footprint }) => ({ recipe_id: recipeId, footprint }))),
      }),
      ...(answer.kind === 'connect' && {
        attempt_id: answer.attemptId,
        sealed_query: await seal(ctx.keys, heldPlace(id), answer.query.toString()),
      }),
      created_at: now,
      expires_at: new Date(now.getTime() + HELD_FOR_MS),
    })
    .execute()
  const details = { person_id: visit.personId, kind: answer.kind }
  const event = { action: 'connect.answer_held', targetId: answer.connectionId, details } as const
  await recordAudit(ctx.db, { workspaceId: visit.workspaceId }, event)
  return returnTo(visit, { completion, connection_id: answer.connectionId })
}

/** The product's address for its people's browsers, with these parameters. */
export function returnTo({ external, id }: ConnectVisit, parameters: Record<string, string>): string {
  if (!external) throw new Error(`visit ${id} is of no product`)
  const url = new URL(external.redirectUrl)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
