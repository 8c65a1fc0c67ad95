import { connectionsUsed } from '../connections-used.ts'
import { hasPerson } from '../has-person.ts'
import { below, type Problem } from '../problem.ts'
import { findConnection, type RecipeConnection, type RecipeDocument } from '../recipe.ts'
import { stepsInOrder } from '../steps.ts'
import type { RecipeFacts } from './recipe-facts.ts'

/**
 * What is wrong with the connections and the steps' use of them. A connection that no step uses may be unfinished,
 * but its switch is judged all the same.
 */
export function connectionProblems(document: RecipeDocument, facts: RecipeFacts): Problem[] {
  const used = new Set(connectionsUsed(document).map(({ alias }) => alias))
  return [
    ...Object.entries(document.connections).flatMap(([alias, connection]) => [
      ...switchProblems(alias, connection, document, facts),
      ...(used.has(alias) ? parentProblems(alias, connection, facts) : []),
    ]),
    ...stepProblems(document, facts),
  ]
}

function switchProblems(
  alias: string,
  entry: RecipeConnection,
  document: RecipeDocument,
  facts: RecipeFacts,
): Problem[] {
  if (!entry.personal) return []
  const path = below(below('connections', alias), 'personal')
  if (!hasPerson(document.trigger)) {
    const message = `A ${document.trigger.kind} has no person whose account could be used: turn the switch off, or choose another trigger.`
    return [{ path, code: 'switch_needs_person', message }]
  }
  const connector = facts.connectors.get(entry.connector)
  const parent = entry.connection_id === null ? undefined : facts.parents.get(entry.connection_id)
  const label = connector?.label ?? entry.connector
  const one = (message: string) => [{ path, code: 'switch_not_possible', message }]
  if (parent?.personal === 'form_not_allowed')
    return one(
      `People have no credential of their own for “${parent.name}” yet: turn on “People may connect their own” on the page of that connection, or turn the switch off.`,
    )
  if (connector?.personal === false || parent?.personal === 'impossible')
    return one(`${label} connections cannot be personal: turn the switch off.`)
  return []
}

/** The first thing that is wrong with the parent an entry names. */
function parentProblems(alias: string, entry: RecipeConnection, facts: RecipeFacts): Problem[] {
  const path = below('connections', alias)
  const one = (code: string, message: string, at = 'connection_id') => [{ path: below(path, at), code, message }]
  const connector = facts.connectors.get(entry.connector)
  if (connector === undefined)
    return one('connector_unknown', `There is no connector "${entry.connector}".`, 'connector')
  if (entry.connection_id === null) return one('connection_not_chosen', `Choose a ${connector.label} connection.`)
  const parent = facts.parents.get(entry.connection_id)
  if (parent === undefined) return one('connection_missing', 'There is no such connection: choose another.')
  if (parent.deleted) return one('connection_deleted', `The connection "${parent.name}" was deleted: choose another.`)
  if (parent.connector !== entry.connector) {
    return one('connection_of_another_application', `"${parent.name}" is no ${connector.label} connection.`)
  }
  if (parent.projectId !== facts.projectId) {
    return one('connection_of_another_project', `"${parent.name}" belongs to another project.`)
  }
  if (parent.environment !== facts.environment) {
    const message = `"${parent.name}" belongs to ${parent.environment}, this recipe to ${facts.environment}.`
    return one('connection_of_another_environment', message)
  }
  // With the switch on the parent's own account is not used, so that it need not be connected.
  if (!entry.personal && parent.status !== 'success') {
    return one('connection_not_connected', `"${parent.name}" is not connected: connect it first.`)
  }
  return []
}

function stepProblems(document: RecipeDocument, facts: RecipeFacts): Problem[] {
  return stepsInOrder(document).flatMap(({ step, path }) => {
    if (step.kind !== 'action') return []
    const entry = findConnection(document, step.connection)
    if (entry === undefined) {
      const message = `The recipe names no connection "${step.connection}".`
      return [{ path: below(path, 'connection'), code: 'connection_unknown', message }]
    }
    const connector = facts.connectors.get(entry.connector)
    if (connector === undefined || connector.actions.some(({ name }) => name === step.action)) return []
    const message = `${connector.label} has no action "${step.action}".`
    return [{ path: below(path, 'action'), code: 'action_unknown', message }]
  })
}
