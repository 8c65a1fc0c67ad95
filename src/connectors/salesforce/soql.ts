import type { FieldValue } from './records.ts'

interface Search {
  type: string
  /** Field names, already known to be nothing else. */
  fields: string[]
  where: Record<string, FieldValue>
  limit: number
}

/** The query for records whose fields have these values, all of them. Values are quoted here; names must have been checked. */
export function searchQuery({ type, fields, where, limit }: Search): string {
  const conditions = Object.entries(where).map(([field, value]) => `${field} = ${soqlLiteral(value)}`)
  const filter = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''
  return `SELECT ${fields.join(', ')} FROM ${type}${filter} LIMIT ${limit}`
}

/** A query with each `:name` outside quotes replaced by that parameter as a literal. */
export function withParameters(query: string, parameters: Record<string, FieldValue>): string {
  return query.replace(STRING_OR_PARAMETER, (text, name: string | undefined) =>
    name === undefined ? text : soqlLiteral(parameters[name] ?? null),
  )
}

/** The names of a query's parameters. */
export function parameterNames(query: string): string[] {
  return [...query.matchAll(STRING_OR_PARAMETER)].flatMap(([, name]) => name ?? [])
}

// A colon of a time or of LAST_N_DAYS:5 has a digit behind it. A quote that is never closed hides all that follows, as it does for Salesforce.
const STRING_OR_PARAMETER = /'(?:\\[\s\S]|[^'\\])*(?:'|$)|:([A-Za-z_]\w*)/g

/**
 * A value as SOQL spells it. Text can hold whatever it likes and never ends its quotes.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm
 */
export function soqlLiteral(value: FieldValue): string {
  if (typeof value !== 'string') return String(value)
  return `'${value.replace(/[\\'"\n\r\t\b\f]/g, (character) => `\\${ESCAPES[character] ?? character}`)}'`
}

const ESCAPES: Record<string, string> = { '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f' }
