import { readFile } from 'node:fs/promises'
import { UserError } from '#core/errors.ts'
import type { CommandsContext } from '../context.ts'

/** How to register an OAuth client at an application, what its settings mean and what is odd about it: its folder's README. */
export async function readConnectorGuide(ctx: Pick<CommandsContext, 'connectors'>, name: string): Promise<string> {
  // why: only a name that the registry has becomes part of a path.
  const guide = ctx.connectors.has(name) ? await readGuide(name) : undefined
  if (guide !== undefined) return guide
  throw new UserError('connector_unknown', `There is no guide to a connector called “${name}”.`, { status: 404 })
}

async function readGuide(name: string): Promise<string | undefined> {
  return readFile(new URL(`../../connectors/${name}/README.md`, import.meta.url), 'utf8').catch(() => undefined)
}
