import type { ReadExpression } from './expressions.ts'
import type { Workers } from './workers.ts'

/** In characters. */
const MAX_LENGTH = 10_000
/** All of a recipe are read together. */
const KILL_AFTER_MS = 1000
/** A memo of a pure function, of some megabytes at most. */
const MAX_KNOWN = 2000
const MAX_KNOWN_LENGTH = 2000

/**
 * What expressions say, by their source. Read by a worker: JSONata's parser takes exponential time for some texts. When one takes too
 * long, it is broken by that, and others that were not known are left out.
 */
export async function readExpressions(
  workers: Workers,
  known: Map<string, ReadExpression>,
  sources: readonly string[],
): Promise<Map<string, ReadExpression>> {
  const read = new Map<string, ReadExpression>()
  const unknown = new Set<string>()
  for (const source of sources) {
    const before = source.length > MAX_LENGTH ? TOO_LONG : known.get(source)
    if (before) read.set(source, before)
    else unknown.add(source)
  }
  if (unknown.size === 0) return read
  for (const [source, one] of await readAnew(workers, [...unknown])) {
    read.set(source, one)
    if (one !== TOO_SLOW) remember(known, source, one)
  }
  return read
}

const TOO_LONG: ReadExpression = { kind: 'broken', reason: `it is longer than ${MAX_LENGTH} characters` }
const TOO_SLOW: ReadExpression = { kind: 'broken', reason: 'it takes too long to read' }

async function readAnew(workers: Workers, sources: string[]): Promise<[string, ReadExpression][]> {
  const outcome = await workers.ask({ kind: 'read', sources }, KILL_AFTER_MS)
  if (outcome.kind === 'read') return sources.flatMap((source, index) => pair(source, outcome.read[index]))
  return 'index' in outcome ? pair(sources[outcome.index] ?? '', TOO_SLOW) : []
}

const pair = (source: string, read: ReadExpression | undefined): [string, ReadExpression][] =>
  read ? [[source, read]] : []

function remember(known: Map<string, ReadExpression>, source: string, read: ReadExpression): void {
  if (source.length > MAX_KNOWN_LENGTH) return
  if (known.size >= MAX_KNOWN) known.delete(known.keys().next().value as string)
  known.set(source, read)
}
