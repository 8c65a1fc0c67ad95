import { malformedQuery } from './salesforce-error.ts'

export interface Token {
  kind: 'word' | 'text' | 'number' | 'instant' | 'symbol' | 'end'
  /** As it was written; for text what it says, its escapes undone but `\_` and `\%`, which LIKE needs to see. */
  value: string
  /** Where it begins, from 0. */
  at: number
}

const PATTERN =
  /\s*(?:(?<instant>\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))?)|(?<number>[+-]?\d+(?:\.\d+)?)|(?<word>[A-Za-z_][\w.]*)|'(?<text>(?:[^'\\]|\\.)*)'|(?<symbol>!=|<>|<=|>=|[=<>(),]))/sy

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', _: '\\_', '%': '\\%' }

/** Cuts a SOQL query into words, literals and symbols. Throws `MALFORMED_QUERY` at what is none of them. */
export function soqlTokens(query: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (query.slice(at).trim() !== '') {
    PATTERN.lastIndex = at
    const match = PATTERN.exec(query)
    if (!match?.groups) throw unexpected({ kind: 'symbol', value: query.slice(at).trim()[0]!, at }, query)
    const [kind, value] = Object.entries(match.groups).find(([, found]) => found !== undefined)!
    const begins = at + match[0].length - match[0].trimStart().length
    const plain = kind === 'text' ? value.replace(/\\(.)/gs, (_, character) => ESCAPES[character] ?? character) : value
    tokens.push({ kind: kind as Token['kind'], value: plain, at: begins })
    at = PATTERN.lastIndex
  }
  tokens.push({ kind: 'end', value: '<EOF>', at: query.length })
  return tokens
}

/** The error Salesforce answers a misplaced word with: the query, a mark below it, the place. */
export function unexpected(token: Token, query: string) {
  const place = `ERROR at Row:1:Column:${token.at + 1}`
  return malformedQuery(`\n${query}\n${' '.repeat(token.at)}^\n${place}\nunexpected token: '${token.value}'`)
}
