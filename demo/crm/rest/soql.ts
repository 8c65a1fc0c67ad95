import { malformedQuery } from './salesforce-error.ts'
import { soqlTokens, type Token, unexpected } from './soql-tokens.ts'

export type Literal = { kind: 'text' | 'instant'; value: string } | { kind: 'plain'; value: number | boolean | null }

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'like' | 'in' | 'not in'

export type Condition =
  | { kind: 'all' | 'any'; of: Condition[] }
  | { kind: 'not'; of: Condition }
  | { kind: 'compare'; field: string; operator: Operator; values: Literal[] }

export interface SoqlQuery {
  /** Field paths; `null` for `COUNT()`. `FIELDS(ALL)` comes as it was written, in capitals. */
  fields: string[] | null
  from: string
  where: Condition | null
  orderBy: { field: string; descending: boolean; nullsLast: boolean }[]
  limit: number | null
  offset: number
}

/**
 * Reads the part of SOQL that Acme CRM speaks: SELECT fields, paths, `COUNT()` or `FIELDS(ALL)` FROM one type, WHERE with comparisons,
 * LIKE, IN, AND, OR, NOT and parentheses, ORDER BY, LIMIT, OFFSET. Anything else is `MALFORMED_QUERY`, never quietly ignored.
 * As in SOQL, AND and OR are not mixed without parentheses.
 */
export function parseSoql(text: string): SoqlQuery {
  const reader = tokenReader(text)
  reader.expect('select')
  const fields = readFields(reader)
  reader.expect('from')
  const from = reader.word()
  const where = reader.accept('where') ? readConditions(reader) : null
  const orderBy = reader.accept('order') ? readOrder(reader) : []
  const limit = reader.accept('limit') ? reader.count() : null
  const offset = reader.accept('offset') ? reader.count() : 0
  reader.end()
  return { fields, from, where, orderBy, limit, offset }
}

type Reader = ReturnType<typeof tokenReader>

function tokenReader(text: string) {
  const tokens = soqlTokens(text)
  let position = 0
  const peek = () => tokens[position]!
  const fail = (): never => {
    throw unexpected(peek(), text)
  }
  const is = (wanted: string) => ['word', 'symbol'].includes(peek().kind) && peek().value.toLowerCase() === wanted
  const take = (): Token => tokens[position++]!
  const accept = (wanted: string) => is(wanted) && Boolean(take())
  return {
    peek,
    fail,
    take,
    accept,
    expect: (wanted: string) => void (accept(wanted) || fail()),
    word: (): string => (peek().kind === 'word' ? take().value : fail()),
    count: (): number => (/^\d+$/.test(peek().value) ? Number(take().value) : fail()),
    end: () => void (peek().kind === 'end' || fail()),
  }
}

function readFields(reader: Reader): string[] | null {
  const fields: string[] = []
  do {
    const name = reader.word()
    if (!reader.accept('(')) {
      fields.push(name)
      continue
    }
    if (name.toLowerCase() === 'count' && fields.length === 0 && reader.accept(')')) return null
    if (name.toLowerCase() !== 'fields') reader.fail()
    fields.push(`FIELDS(${reader.word().toUpperCase()})`)
    reader.expect(')')
  } while (reader.accept(','))
  return fields
}

function readConditions(reader: Reader): Condition {
  const first = readCondition(reader)
  const joiner = (['and', 'or'] as const).find((word) => reader.accept(word))
  if (!joiner) return first
  const of = [first, readCondition(reader)]
  while (reader.accept(joiner)) of.push(readCondition(reader))
  return { kind: joiner === 'and' ? 'all' : 'any', of }
}

function readCondition(reader: Reader): Condition {
  if (reader.accept('not')) return { kind: 'not', of: readCondition(reader) }
  if (reader.accept('(')) {
    const inner = readConditions(reader)
    reader.expect(')')
    return inner
  }
  const field = reader.word()
  const operator = readOperator(reader)
  return {
    kind: 'compare',
    field,
    operator,
    values: operator.endsWith('in') ? readList(reader) : [readLiteral(reader)],
  }
}

function readOperator(reader: Reader): Operator {
  if (reader.accept('<>')) return '!='
  for (const operator of ['=', '!=', '<=', '<', '>=', '>', 'like', 'in'] as const) {
    if (reader.accept(operator)) return operator
  }
  reader.expect('not')
  reader.expect('in')
  return 'not in'
}

function readList(reader: Reader): Literal[] {
  reader.expect('(')
  const values = [readLiteral(reader)]
  while (reader.accept(',')) values.push(readLiteral(reader))
  reader.expect(')')
  return values
}

function readLiteral(reader: Reader): Literal {
  const { kind, value } = reader.peek()
  if (kind === 'text' || kind === 'instant') {
    reader.take()
    return { kind, value }
  }
  const plain: Record<string, boolean | null> = { true: true, false: false, null: null }
  const word = value.toLowerCase()
  if (kind !== 'number' && !Object.hasOwn(plain, word)) reader.fail()
  reader.take()
  return { kind: 'plain', value: kind === 'number' ? Number(value) : plain[word]! }
}

function readOrder(reader: Reader): SoqlQuery['orderBy'] {
  reader.expect('by')
  const orderBy: SoqlQuery['orderBy'] = []
  do {
    const field = reader.word()
    const descending = reader.accept('desc') || (reader.accept('asc') && false)
    const nullsLast = reader.accept('nulls') && readNullsLast(reader)
    orderBy.push({ field, descending, nullsLast })
  } while (reader.accept(','))
  if (orderBy.length > 32) throw malformedQuery('too many fields in ORDER BY')
  return orderBy
}

function readNullsLast(reader: Reader): boolean {
  if (reader.accept('last')) return true
  reader.expect('first')
  return false
}
