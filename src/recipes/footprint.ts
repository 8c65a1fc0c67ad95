import type { ConnectorRegistry } from '#connectors/connector.ts'
import { findConnection, type Mapping, type RecipeDocument } from './recipe.ts'
import { stepsInOrder } from './steps.ts'
import { parseTemplate } from './template.ts'

/** Stands for a recipient that is only known when the recipe runs. */
const ANYONE = 'anyone'

/**
 * Everything a recipe may do, one text for each connector, action, connection and recipient, sorted: what a person's consent covers. A
 * recipient that is mapped counts as anyone. Steps with the switch off count too: where they take what was read is part of it.
 */
export function footprintOf(document: RecipeDocument, connectors: ConnectorRegistry): string[] {
  const entries = stepsInOrder(document).flatMap(({ step }) => {
    if (step.kind !== 'action') return []
    const connection = findConnection(document, step.connection)
    if (!connection) return []
    const action = connectors.get(connection.connector)?.actions.find(({ name }) => name === step.action)
    const to = action?.recipient ? ` to ${recipientOf(step.input[action.recipient])}` : ''
    return [`${connection.connector}/${step.action} ${connection.connection_id}${to}`]
  })
  return [...new Set(entries)].sort()
}

function recipientOf(mapping: Mapping | undefined): string {
  if (mapping === undefined || mapping === null) return 'nobody'
  return hasPill(mapping) ? ANYONE : JSON.stringify(mapping)
}

function hasPill(mapping: Mapping): boolean {
  if (typeof mapping === 'string') {
    const template = parseTemplate(mapping)
    return template.kind === 'broken' || template.parts.some((part) => typeof part !== 'string')
  }
  if (typeof mapping !== 'object' || mapping === null) return false
  return Object.values(mapping).some(hasPill)
}
