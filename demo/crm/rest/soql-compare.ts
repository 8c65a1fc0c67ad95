import type { Row } from '../crm-data.ts'
import { normalizeId } from '../salesforce-ids.ts'
import type { Field } from './objects.ts'
import { malformedQuery, SalesforceError } from './salesforce-error.ts'
import type { Condition, Literal } from './soql.ts'

/** What a field can hold. */
export type Value = Row[string]

/** The test that one comparison of a WHERE clause puts to a field's value. Refuses literals that do not fit the field. */
export function comparison(field: Field, { operator, values }: Extract<Condition, { kind: 'compare' }>) {
  const wanted = values.map((literal) => literalFor(field, literal))
  if (operator === 'like') {
    if (typeof wanted[0] !== 'string') throw malformedQuery(`invalid operator on ${field.name} field`)
    const pattern = likePattern(wanted[0])
    return (value: Value) => typeof value === 'string' && pattern.test(value)
  }
  const isAny = (value: Value) => wanted.some((one) => compareValues(value, one) === 0)
  if (operator === 'in' || operator === '=') return isAny
  if (operator === 'not in' || operator === '!=') return (value: Value) => !isAny(value)
  const holds = {
    '<': (n: number) => n < 0,
    '<=': (n: number) => n <= 0,
    '>': (n: number) => n > 0,
    '>=': (n: number) => n >= 0,
  }
  return (value: Value) => value !== null && holds[operator](compareValues(value, wanted[0]!))
}

function literalFor(field: Field, { kind, value }: Literal): Value {
  if (value === null) return null
  const numeric = ['currency', 'double', 'int', 'percent'].includes(field.type)
  const temporal = field.type === 'date' || field.type === 'datetime'
  const fits = { text: !numeric && !temporal && field.type !== 'boolean', instant: temporal }[
    kind as 'text' | 'instant'
  ]
  const plainFits = (numeric && typeof value === 'number') || (field.type === 'boolean' && typeof value === 'boolean')
  if (kind === 'plain' ? !plainFits : !fits) {
    const message = `value of filter criterion for field '${field.name}' must be of type ${field.type} and should ${fits ? 'not ' : ''}be enclosed in quotes`
    throw new SalesforceError(400, 'INVALID_QUERY_FILTER_OPERATOR', message)
  }
  if (field.type === 'id' || field.type === 'reference') return normalizeId(String(value)) ?? String(value)
  return value
}

/** Orders two values: below 0, 0, above 0; null before everything.
 * Text is compared without regard to case, as Salesforce does; instants by when they are, days by their spelling. */
export function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1
  if (typeof a !== 'string' || typeof b !== 'string') return Number(a) - Number(b)
  if (a.length > 10 && /^\d{4}-\d{2}-\d{2}T/.test(a)) return Date.parse(a) - Date.parse(b)
  const [left, right] = [a.toLowerCase(), b.toLowerCase()]
  return left === right ? 0 : left < right ? -1 : 1
}

function likePattern(like: string): RegExp {
  const source = like.replace(/\\([_%])|[%_]|[.*+?^${}()|[\]\\]/g, (found, escaped) => {
    if (escaped) return escaped
    return found === '%' ? '.*' : found === '_' ? '.' : `\\${found}`
  })
  return new RegExp(`^${source}$`, 'is')
}
