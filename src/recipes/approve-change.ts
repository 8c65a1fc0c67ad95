import type { RecipeDocument } from './recipe.ts'
import { switchChanged } from './switch.ts'

/** What is about to be written, told to whoever must allow it. */
export interface RecipeChange {
  /** The current version's document; null for a recipe's first. */
  before: RecipeDocument | null
  after: RecipeDocument
  /** Whether the switch of any connection changes: see `switchChanged`. */
  switchChanged: boolean
}

/**
 * Allows a change by returning, refuses it by throwing. Every function that writes a document calls it, with the recipe's row locked,
 * before anything is written: no path can change the switch past it.
 */
export type ApproveChange = (change: RecipeChange) => void | Promise<void>

/** Asks for approval of one change. */
export async function askApproval(
  approve: ApproveChange,
  before: RecipeDocument | null,
  after: RecipeDocument,
): Promise<void> {
  await approve({ before, after, switchChanged: switchChanged(before, after) })
}
