import { whatOpens } from '#connections/sealing/what-opens.ts'
import type { JobId, RecipeId } from '#core/ids.ts'
import type { Actor } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'

/** A command whose parameters, or a job's question whose fields, are being asked for. */
export type Dialog = CommandDialog | AnswerDialog

interface Asked {
  given: Record<string, unknown>
  /** The parameter or field that was asked for last. */
  asked: string
}

export interface CommandDialog extends Asked {
  recipeId: RecipeId
}

export interface AnswerDialog extends Asked {
  jobId: JobId
  /** Which of the job's questions. */
  step: string
}

const DIALOG_LIFE_MS = 30 * 60 * 1000

const place = (personId: string, conversation: string): string => `dialogs/${personId}/${conversation}`

/** The dialog a person has in a conversation, unless half an hour has passed. One that does not open any more is as if there were none. */
export async function findDialog(
  ctx: CommandsContext,
  actor: Actor,
  conversation: string,
): Promise<Dialog | undefined> {
  const { person } = requirePerson(actor)
  const row = await ctx.db
    .selectFrom('dialogs')
    .selectAll()
    .where('person_id', '=', person.id)
    .where('conversation', '=', conversation)
    .where('expires_at', '>', ctx.clock())
    .executeTakeFirst()
  if (!row) return undefined
  return whatOpens(async () => {
    const key = await ctx.dataKeys.load(row.data_key_id)
    return key.open<Dialog>(place(person.id, conversation), row.sealed_state)
  })
}

/** Keeps a dialog, in place of the one there was. */
export async function keepDialog(
  ctx: CommandsContext,
  actor: Actor,
  { conversation, dialog }: { conversation: string; dialog: Dialog },
): Promise<void> {
  const { person } = requirePerson(actor)
  const now = ctx.clock()
  const key = await ctx.dataKeys.take(person.workspaceId, now)
  const state = {
    data_key_id: key.id,
    sealed_state: key.seal(place(person.id, conversation), dialog),
    expires_at: new Date(now.getTime() + DIALOG_LIFE_MS),
  }
  await ctx.db
    .insertInto('dialogs')
    .values({ person_id: person.id, conversation, ...state })
    .onConflict((conflict) => conflict.columns(['person_id', 'conversation']).doUpdateSet(state))
    .execute()
}

/** Ends a dialog; false when there was none. */
export async function endDialog(ctx: CommandsContext, actor: Actor, conversation: string): Promise<boolean> {
  const { person } = requirePerson(actor)
  const ended = await ctx.db
    .deleteFrom('dialogs')
    .where('person_id', '=', person.id)
    .where('conversation', '=', conversation)
    .executeTakeFirst()
  return ended.numDeletedRows > 0n
}
