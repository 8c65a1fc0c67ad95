import type { ConnectReason } from '#connections/connect-reason.ts'
import { type RecipeUse, readStanding } from '#connections/standing.ts'
import type { ConnectionId, PersonId } from '#core/ids.ts'
import type { AskingContext } from './context.ts'
import { findWaitingRecipes } from './waiting-recipes.ts'

interface Whose {
  personId: PersonId
  parentId: ConnectionId
}

/** Why a person must be asked about one connection of theirs, for itself or for a recipe that waits; null when nothing is missing. */
export async function findReasonToAsk(ctx: AskingContext, whose: Whose): Promise<ConnectReason | null> {
  return reasonOfAny(ctx, whose, [null, ...(await findWaitingRecipes(ctx, { ...whose, own: null }))])
}

/** The first reason that stands in the way of one of these uses. */
export async function reasonOfAny(
  ctx: AskingContext,
  whose: Whose,
  uses: readonly (RecipeUse | null)[],
): Promise<ConnectReason | null> {
  for (const recipe of uses) {
    const standing = await readStanding(ctx, { ...whose, recipe }, null)
    if (standing.kind === 'interrupted' && standing.interruption.kind === 'connect') return standing.interruption.reason
  }
  return null
}
