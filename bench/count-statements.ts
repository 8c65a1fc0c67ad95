import pg from 'pg'

export interface StatementCount {
  statement: string
  count: number
}

/**
 * Counts what this process sends to PostgreSQL, whichever library sends it, by the text with its white space folded. Counts nothing
 * until `start()`; `stop()` answers what was counted since, the most frequent first. One counter for each process is enough: it stays in
 * place for good.
 */
export function countStatements(): { start(): void; stop(): StatementCount[] } {
  let counts: Map<string, number> | undefined
  const query = pg.Client.prototype.query
  pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
    if (counts) {
      const text = textOf(args[0])
      counts.set(text, (counts.get(text) ?? 0) + 1)
    }
    return Reflect.apply(query, this, args)
  } as typeof query
  return {
    start() {
      counts = new Map()
    },
    stop() {
      const counted = [...(counts ?? [])].map(([text, count]) => ({
        statement: text.replace(/\s+/g, ' ').trim(),
        count,
      }))
      counts = undefined
      return counted.sort((a, b) => b.count - a.count)
    },
  }
}

/** `query` takes a text, a configuration with one, or a prepared object such as a cursor. */
function textOf(query: unknown): string {
  if (typeof query === 'string') return query
  return (query as { text?: string }).text ?? 'unknown'
}
