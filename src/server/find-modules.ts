import { readdir } from 'node:fs/promises'
import type { CommandsContext } from '#commands/context.ts'
import type { Connector, ConnectorRegistry } from '#connectors/connector.ts'
import type { SurfaceModule } from '#surfaces/surface.ts'

/** Every folder of `connectors/`, by its connector's name: a new folder is all a new connector takes. */
export async function findConnectors(): Promise<ConnectorRegistry> {
  const found = await importFolders<{ connector: Connector }>(new URL('../connectors/', import.meta.url))
  return new Map(found.map(({ connector }) => [connector.name, connector]))
}

/** Every folder of `surfaces/`. */
export async function findSurfaces(): Promise<SurfaceModule<CommandsContext>[]> {
  const found = await importFolders<{ surface: SurfaceModule<CommandsContext> }>(
    new URL('../surfaces/', import.meta.url),
  )
  return found.map(({ surface }) => surface)
}

async function importFolders<M>(room: URL): Promise<M[]> {
  const entries = await readdir(room, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return Promise.all(folders.sort().map((name) => import(new URL(`${name}/index.ts`, room).href) as Promise<M>))
}
