import { createHash, randomBytes } from 'node:crypto'
import { ensureChild } from '#connections/authorize.ts'
import type { Parent } from '#connections/parent.ts'
import { type SealedPlace, seal } from '#connections/sealing/seal.ts'
import type { RecipeUse } from '#connections/standing.ts'
import { Bug } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import { recordAudit } from '#people/audit.ts'
import type { Person } from '#people/person.ts'
import type { ConnectVisit } from './connect-visit.ts'
import type { AskingContext } from './context.ts'

/** How long a product may take to confirm. */
const HELD_FOR_MS = 60_000

/**
 * What a browser answered for a person of a product. connect: it came back from the application, and `query` is what that sent, the
 * authorization code with it; or, where a form connects, what was typed into its fields; allow: it let recipes use what is connected already, each for what the page showed.
 */
export type HeldAnswer = About &
  (
    | { kind: 'connect'; attemptId: string; query: URLSearchParams }
    | { kind: 'allow'; uses: RecipeUse[] }
    | { kind: 'decline' }
  )

interface About {
  parent: Parent
  person: Person
}

export const hashCompletion = (completion: string): Buffer => createHash('sha256').update(completion).digest()

export const heldPlace = (id: string): SealedPlace => ({ table: 'held_answers', id, column: 'sealed_query' })

/**
 * Holds an answer for a minute: nothing is done, and no code exchanged, until the product has confirmed that it was its signed-in user.
 * Answers where the browser goes: the product's own address, with a one-time `completion` and the connection's id.
 */
export async function holdAnswer(ctx: AskingContext, visit: ConnectVisit, answer: HeldAnswer): Promise<string> {
  const { parent, person, kind } = answer
  const id = newId('heldAnswer')
  const completion = randomBytes(32).toString('base64url')
  const now = ctx.clock()
  const query = kind === 'connect' ? await seal(ctx.keys, heldPlace(id), answer.query.toString()) : null
  const uses = kind === 'allow' ? answer.uses : []
  const connectionId = await ctx.db.transaction().execute(async (tx) => {
    const child = await ensureChild(ctx, tx, { parent, person, surface: visit.surface })
    await tx
      .insertInto('held_answers')
      .values({
        id,
        workspace_id: visit.workspaceId,
        visit_id: visit.id,
        connection_id: child.id,
        kind,
        uses: JSON.stringify(uses.map(({ recipeId, footprint }) => ({ recipe_id: recipeId, footprint }))),
        completion_hash: hashCompletion(completion),
        attempt_id: kind === 'connect' ? answer.attemptId : null,
        sealed_query: query,
        created_at: now,
        expires_at: new Date(now.getTime() + HELD_FOR_MS),
      })
      .execute()
    const details = { person_id: person.id, kind }
    const event = { action: 'connect.answer_held', targetId: child.id, details } as const
    await recordAudit(tx, { workspaceId: visit.workspaceId }, event)
    return child.id
  })
  return returnTo(visit, { completion, connection_id: connectionId })
}

/** The product's address for its people's browsers, with these parameters. */
function returnTo({ external, id }: ConnectVisit, parameters: Record<string, string>): string {
  if (!external) throw new Bug(`visit ${id} is of no product`)
  const url = new URL(external.redirectUrl)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
