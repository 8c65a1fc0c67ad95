import type { ConnectorRegistry } from '#connectors/connector.ts'
import { readRecipe } from './parse-recipe.ts'
import { findConnection, type RecipeDocument } from './recipe.ts'
import { stepsInOrder } from './steps.ts'

/**
 * What of a stored recipe this version of Behalf does not know, so that a newer one must have written it: a kind of step, a setting, a
 * connector, an action. Undefined where it knows all.
 */
export function findUnknown(document: RecipeDocument, connectors: ConnectorRegistry): string | undefined {
  const read = readRecipe(document)
  if ('problems' in read) return read.problems[0]?.path ?? 'its form'
  for (const { step } of stepsInOrder(read.document)) {
    if (step.kind !== 'action') continue
    const connector = findConnection(document, step.connection)?.connector
    const known = connectors.get(connector ?? '')
    if (!known?.actions.some(({ name }) => name === step.action)) return `${connector} ${step.action}`
  }
  return undefined
}
