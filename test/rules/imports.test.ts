import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { foldersIn, serverFiles, withoutComments } from '../support/sources.ts'

const CONNECTOR = 'connectors/connector.ts'
const SURFACE = 'surfaces/surface.ts'
const ALL = 'all'

/** Which room may import which, besides itself. A room that is not here may import nothing, and nobody may import it. */
const MAY_IMPORT: Record<string, string[] | typeof ALL> = {
  core: [],
  database: ['core'],
  people: ['core', 'database'],
  connections: ['core', 'database', 'people', CONNECTOR],
  recipes: ['core', 'database', 'people', CONNECTOR],
  asking: ['core', 'database', 'people', 'connections', 'recipes', SURFACE],
  jobs: ['core', 'database', 'people', 'connections', 'recipes', 'asking', CONNECTOR, SURFACE],
  commands: ['core', 'database', 'people', 'connections', 'recipes', 'asking', 'jobs'],
  conversation: ['core', 'commands', SURFACE],
  [CONNECTOR]: ['core'],
  [SURFACE]: ['core'],
  'connectors/*': ['core', CONNECTOR],
  'surfaces/*': ['core', SURFACE, 'commands', 'conversation'],
  api: ['core', 'commands'],
  server: ALL,
}

/** Where a secret may be opened. What else builds an outgoing request gets the credential's header from there; vendors' clients take it whole. */
const MAY_REVEAL = ['src/connections/', 'src/surfaces/slack/slack-client.ts', 'src/surfaces/teams/teams-client.ts']
const MAY_FETCH = ['src/server/']
const KNOWS_THE_QUEUE = ['src/jobs/']

const files = serverFiles().map(({ path, text }) => ({ path, code: withoutComments(text) }))

test('rooms import only the rooms below them, connectors and surfaces never one another', () => {
  expect(files.length).toBeGreaterThan(10)
  const wrong = files.flatMap(({ path, code }) => {
    const from = roomOf(path)
    return importsOf(path, code)
      .filter((target) => !mayImport(from, roomOf(target)))
      .map((target) => `${path} imports ${target}`)
  })
  expect(wrong).toEqual([])
})

// Neither a connector nor a surface may import the other, so the words of one in a folder of the other kind are only words.
test('no connector and no surface is named outside its own folder, but where the server is wired', () => {
  const homes = ['connectors', 'surfaces'].flatMap((kind) =>
    foldersIn(`src/${kind}`).map((name) => [kind, name] as const),
  )
  const wrong = homes.flatMap(([kind, name]) =>
    files
      .filter(({ path }) => !path.startsWith(`src/${kind}/${name}/`) && !path.startsWith('src/server/'))
      .filter(({ path }) => path.startsWith(`src/${kind}/`) || !/^src\/(connectors|surfaces)\/[^/]+\//.test(path))
      .filter(({ code }) => new RegExp(`(?<![a-z])${name}(?![a-z])`, 'i').test(withoutAddresses(code)))
      .map(({ path }) => `${path} names ${name}`),
  )
  expect(wrong).toEqual([])
})

test('a secret is opened only where grants are kept and requests are built', () => {
  expect(uses(/\.reveal\(/, MAY_REVEAL)).toEqual([])
})

test('nothing leaves by the global fetch, but in the server', () => {
  expect(uses(/(?<![.\w])fetch\(|globalThis\.fetch/, MAY_FETCH)).toEqual([])
})

test('only jobs know the queue', () => {
  expect(uses(/from 'graphile-worker|graphile_worker\./, KNOWS_THE_QUEUE)).toEqual([])
})

/** A vendor's address may hold any word. */
const withoutAddresses = (code: string): string => code.replace(/https?:\/\/[^\s'"`]+/g, '')

function uses(pattern: RegExp, allowed: string[]): string[] {
  return files
    .filter(({ path, code }) => pattern.test(code) && !allowed.some((folder) => path.startsWith(folder)))
    .map(({ path }) => path)
}

/** Ours only, as paths from the root. */
function importsOf(path: string, code: string): string[] {
  const specifiers = code.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g)
  return [...specifiers].flatMap(([, specifier = '']) => {
    if (specifier.startsWith('#')) return [`src/${specifier.slice(1)}`]
    return specifier.startsWith('.') ? [join(dirname(path), specifier)] : []
  })
}

/** `core`, `connectors/github`, `connectors/connector.ts`, or the path itself outside src. */
function roomOf(path: string): string {
  const [top, room = '', inside = ''] = path.split('/')
  if (top !== 'src') return path
  return room === 'connectors' || room === 'surfaces' ? `${room}/${inside}` : room
}

function mayImport(from: string, to: string): boolean {
  const allowed = MAY_IMPORT[from] ?? MAY_IMPORT[from.replace(/\/.*/, '/*')] ?? []
  return from === to || allowed === ALL || allowed.includes(to)
}
