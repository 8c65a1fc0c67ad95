import type { ConnectorRegistry } from '#connectors/connector.ts'
import { allPartsOf, type Program } from './program.ts'
import { findConnection, type RecipeDocument } from './recipe.ts'
import type { Mapping } from './step.ts'
import { stepsInOrder } from './steps.ts'
import { parseTemplate } from './template.ts'

/** Stands for a recipient that is only known when the recipe runs. */
const ANYONE = 'anyone'

/** Marks what is done with the connection's own account. */
const SHARED = ' shared'

/**
 * Everything a recipe may do, with every function it calls, waited for or not: one text for each connector, action, connection and recipient, sorted: what a person's consent covers. A
 * recipient that is mapped counts as anyone. Steps with the switch off count too, marked as such: where they take what was read is part of
 * it, and turning a switch off takes it to somebody else's account.
 */
export function footprintOf(program: Program, connectors: ConnectorRegistry): string[] {
  const entries = allPartsOf(program).flatMap(({ document }) => entriesOf(document, connectors))
  return [...new Set(entries)].sort()
}

function entriesOf(document: RecipeDocument, connectors: ConnectorRegistry): string[] {
  return stepsInOrder(document).flatMap(({ step }) => {
    if (step.kind !== 'action') return []
    const connection = findConnection(document, step.connection)
    if (!connection) return []
    const action = connectors.get(connection.connector)?.actions.find(({ name }) => name === step.action)
    const to = action?.recipient ? ` to ${recipientOf(step.input[action.recipient])}` : ''
    const account = connection.personal ? '' : SHARED
    return [`${connection.connector}/${step.action} ${connection.connection_id}${account}${to}`]
  })
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

/** One entry of a footprint, in its parts. */
export interface FootprintEntry {
  connector: string
  action: string
  connectionId: string
  /** Done with the connection's own account, not the person's. */
  shared: boolean
  /** As the recipe names it; `anyone`, `nobody`; null where the action has none. */
  recipient: string | null
}

/** Undefined for what an older Behalf wrote otherwise. */
export function readFootprintEntry(entry: string): FootprintEntry | undefined {
  const parts = /^([^/ ]+)\/([^ ]+) ([^ ]+)( shared)?(?: to (.*))?$/s.exec(entry)
  if (!parts) return undefined
  const [, connector = '', action = '', connectionId = '', shared, recipient = null] = parts
  return { connector, action, connectionId, shared: shared !== undefined, recipient }
}
