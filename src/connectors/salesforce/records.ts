import { z } from 'zod'

/** One version for every request: an answer's shape changes with it. */
export const API_PATH = '/services/data/v62.0'

export const RecordType = z
  .string()
  .regex(/^[A-Za-z]\w{0,79}$/, 'the API name of an object, such as Opportunity or Invoice__c')
  .meta({ title: 'Object', description: 'The API name of the object: Opportunity, Account, Invoice__c.' })

export const RecordId = z
  .string()
  .regex(/^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$/, 'a record id of 15 or 18 characters')
  .meta({ title: 'Record id', description: 'Its 15 or 18 characters, as in the address of its page.' })

export const FieldName = z
  .string()
  .regex(/^[A-Za-z]\w{0,79}(\.[A-Za-z]\w{0,79}){0,5}$/, 'the API name of a field, such as Name or Account.Name')

/** A value of a field, as JSON and SOQL both have it. */
export const FieldValue = z.union([z.string().max(131_072), z.number(), z.boolean(), z.null()])
export type FieldValue = z.output<typeof FieldValue>

/** The values to write: no paths into other records. */
export const FieldValues = z
  .record(z.string().regex(/^[A-Za-z]\w{0,79}$/, 'the API name of a field, such as CloseDate'), FieldValue)
  .meta({ title: 'Fields', description: 'Values by the API name of their field.' })

/** A record as the API gives it. */
export const AnsweredRecord = z.record(z.string(), z.unknown())

/** The page of a record, for people. `answeredBy` is any URL of the instance. */
export function recordPage(answeredBy: string, id: string): string {
  return new URL(`/${id}`, answeredBy).href
}

/** The record's own fields, without the `attributes` that the API puts beside them at every level. */
export function fieldsOf(record: Record<string, unknown>): Record<string, unknown> {
  return withoutAttributes(record) as Record<string, unknown>
}

function withoutAttributes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAttributes)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([name]) => name !== 'attributes')
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutAttributes(inner)]))
}
