import { connectionsUsed } from '#recipes/connections-used.ts'
import { loadProgram, type Part, partsOf } from '#recipes/program.ts'
import type { CommandsContext } from '../context.ts'

/** The labels of the applications that a recipe works with, by itself and by its functions. */
export async function applicationsOf({ db, connectors }: CommandsContext, recipe: Part): Promise<string[]> {
  const used = partsOf(await loadProgram(db, recipe)).flatMap(({ document }) => connectionsUsed(document))
  return [...new Set(used.map(({ connector }) => connectors.get(connector)?.label ?? connector))]
}
