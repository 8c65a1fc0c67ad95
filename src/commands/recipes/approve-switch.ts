import { UserError } from '#core/errors.ts'
import type { RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { type Actor, hasPrivilege } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { PRIVILEGES, type Privilege } from '#people/privileges.ts'
import type { ApproveChange, RecipeChange } from '#recipes/approve-change.ts'
import type { RecipeDocument } from '#recipes/recipe.ts'
import type { CommandsContext } from '../context.ts'

/** What changing the switch of any connection needs, whichever way it is changed. */
const SWITCH_PRIVILEGES: Privilege[] = [
  'recipes.edit',
  'runtime_user_connections.view',
  'runtime_user_connections.edit',
]

/** How a document came to be written; for the audit log. */
export type WrittenBy = 'create' | 'save' | 'import' | 'copy' | 'restore' | 'push'

/** The recipe that a change is put on record under: once it is written, and when it is refused. */
export interface ChangedRecipe {
  id: RecipeId | null
  ifRefused: RecipeId | null
}

/** `approveAll` for the write of one recipe's document; `recipeId` is what a refusal is put on record under. */
export function writeApproved<T extends { id: RecipeId }>(
  ctx: CommandsContext,
  actor: Actor,
  { by, recipeId }: { by: WrittenBy; recipeId: RecipeId | null },
  write: (tx: Db, approve: ApproveChange) => Promise<T>,
): Promise<T> {
  return approveAll(ctx, actor, by, async (tx, approve) => {
    const changed: ChangedRecipe = { id: null, ifRefused: recipeId }
    const written = await write(tx, approve(changed))
    changed.id = written.id
    return written
  })
}

/**
 * Runs writes of recipes' documents in one transaction, with the approval that every such write must ask for. A change of the switch
 * without all its privileges is refused with `switch_needs_privileges` (403), nothing is written, and the refusal is put on record apart
 * from what is rolled back; allowed ones are put on record together with the writes.
 */
export async function approveAll<T>(
  ctx: CommandsContext,
  actor: Actor,
  by: WrittenBy,
  write: (tx: Db, approve: (recipe: ChangedRecipe) => ApproveChange) => Promise<T>,
): Promise<T> {
  let refused: { change: RecipeChange; targetId: RecipeId | null } | undefined
  try {
    return await ctx.db.transaction().execute(async (tx) => {
      const changed: { change: RecipeChange; recipe: ChangedRecipe }[] = []
      const written = await write(tx, (recipe) => (change) => {
        if (!change.switchChanged) return
        changed.push({ change, recipe })
        const missing = SWITCH_PRIVILEGES.filter((privilege) => !hasPrivilege(actor, privilege))
        if (missing.length === 0) return
        refused = { change, targetId: recipe.ifRefused }
        throw switchNeedsPrivileges(missing)
      })
      for (const { change, recipe } of changed)
        await record(tx, actor, { action: 'recipe.switch_changed', targetId: recipe.id, by, change })
      return written
    })
  } finally {
    if (refused) await record(ctx.db, actor, { action: 'recipe.switch_refused', by, ...refused })
  }
}

function switchNeedsPrivileges(missing: Privilege[]): UserError {
  const sentences = missing.map((privilege) => `“${PRIVILEGES[privilege]}”`).join(' and ')
  const message = `Changing whose account a recipe uses also needs the privilege ${sentences}. Ask an administrator for it.`
  return new UserError('switch_needs_privileges', message, { status: 403, details: { missing } })
}

function record(
  db: Db,
  actor: Actor,
  event: {
    action: 'recipe.switch_changed' | 'recipe.switch_refused'
    targetId: RecipeId | null
    by: WrittenBy
    change: RecipeChange
  },
): Promise<void> {
  const { action, targetId, by, change } = event
  const on = { before: change.before === null ? [] : switchedOn(change.before), after: switchedOn(change.after) }
  return recordAudit(db, actor, { action, targetId, details: { by, recipe: change.after.name, on } })
}

/** The connections with the switch on, by id, or by their name in the recipe while none is chosen. */
function switchedOn({ connections }: RecipeDocument): string[] {
  return Object.entries(connections).flatMap(([name, { personal, connection_id }]) =>
    personal ? [connection_id ?? name] : [],
  )
}
