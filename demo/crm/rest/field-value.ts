import { normalizeId } from '../salesforce-ids.ts'
import type { Field } from './objects.ts'
import { SalesforceError } from './salesforce-error.ts'

type Value = string | number | boolean | null

/** A value as it is stored in a field, from what a caller sent. Refuses what does not fit the field, as Salesforce words it. */
export function fieldValue(field: Field, given: unknown): Value {
  if (given === null || given === '') return null
  switch (field.type) {
    case 'currency':
    case 'double':
    case 'int':
    case 'percent':
      return number(field, given)
    case 'boolean':
      if (typeof given !== 'boolean') throw cannotDeserialize(field, given)
      return given
    case 'date':
      return date(field, given)
    case 'reference': {
      const id = typeof given === 'string' ? normalizeId(given) : null
      if (!id) {
        throw new SalesforceError(400, 'MALFORMED_ID', `${field.label} ID: id value of incorrect type: ${given}`, [
          field.name,
        ])
      }
      return id
    }
    default:
      return string(field, given)
  }
}

function number(field: Field, given: unknown): number {
  const value = typeof given === 'string' ? Number(given) : given
  if (typeof value !== 'number' || !Number.isFinite(value)) throw cannotDeserialize(field, given)
  return field.type === 'int' ? Math.trunc(value) : value
}

function date(field: Field, given: unknown): string {
  const day = typeof given === 'string' ? /^(\d{4}-\d{2}-\d{2})(T.*)?$/.exec(given)?.[1] : undefined
  if (!day || new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) !== day) throw cannotDeserialize(field, given)
  return day
}

function string(field: Field, given: unknown): string {
  if (typeof given === 'object') throw cannotDeserialize(field, given)
  const value = String(given)
  if (field.length > 0 && value.length > field.length) {
    const message = `${field.label}: data value too large: ${value.slice(0, 40)} (max length=${field.length})`
    throw new SalesforceError(400, 'STRING_TOO_LONG', message, [field.name])
  }
  return value
}

function cannotDeserialize(field: Field, given: unknown): SalesforceError {
  const kind = Array.isArray(given) ? 'START_ARRAY' : typeof given === 'object' ? 'START_OBJECT' : 'VALUE_STRING'
  const message = `Cannot deserialize instance of ${field.type} from ${kind} value ${String(given)} or request may be missing a required field`
  return new SalesforceError(400, 'JSON_PARSER_ERROR', message)
}
