import type { ConnectionId } from '#core/ids.ts'
import { callsIn, type Part, type Program, partsOf } from './program.ts'
import type { RecipeDocument } from './recipe.ts'

/** A connection of somebody's that a recipe names for a function: its person's leave is for the recipe that names it. */
export interface NeededDelegation {
  connectionId: ConnectionId
  part: Part
}

/** Every connection that a program names for its functions, each once for each recipe that names it. */
export function delegationsNeeded(program: Program): NeededDelegation[] {
  return partsOf(program).flatMap((part) => namedIn(part.document).map((connectionId) => ({ connectionId, part })))
}

/** The connections that a recipe itself names for functions. */
export function namedIn(document: Pick<RecipeDocument, 'steps'>): ConnectionId[] {
  const named = callsIn(document).flatMap(({ connection_overrides }) => Object.values(connection_overrides))
  return [...new Set(named)] as ConnectionId[]
}
