import type { ConnectionId } from '#core/ids.ts'
import { findConnection, type RecipeDocument } from './recipe.ts'
import { stepsInOrder } from './steps.ts'

/** A connection that at least one step of a recipe uses. */
export interface UsedConnection {
  /** Its name in the recipe. */
  alias: string
  connector: string
  /** The parent; null until one is chosen. A started recipe has none that is null. */
  connectionId: ConnectionId | null
  /** The switch. */
  personal: boolean
  /** What the recipe may do with it, each action once, in the order of the steps. */
  actions: { connector: string; action: string }[]
}

/** The connections that steps name, also those behind an if that may not be reached; entries that no step names are left out. */
export function connectionsUsed(document: RecipeDocument): UsedConnection[] {
  const used = new Map<string, UsedConnection>()
  for (const { step } of stepsInOrder(document)) {
    if (step.kind !== 'action') continue
    const entry = findConnection(document, step.connection)
    if (entry === undefined) continue
    const { connector, connection_id, personal } = entry
    const one = used.get(step.connection) ?? {
      alias: step.connection,
      connector,
      connectionId: connection_id as ConnectionId | null,
      personal,
      actions: [],
    }
    used.set(step.connection, one)
    if (!one.actions.some(({ action }) => action === step.action)) one.actions.push({ connector, action: step.action })
  }
  return [...used.values()]
}
