import type { CrmData, Row } from '../crm-data.ts'
import { PEOPLE, type Person } from '../people.ts'
import { normalizeId, salesforceId } from '../salesforce-ids.ts'
import { fieldValue } from './field-value.ts'
import { findField, findObjectType, type ObjectType } from './objects.ts'
import { noSuchColumn, SalesforceError } from './salesforce-error.ts'

/** Makes a record owned and created by `person`. Refuses missing and unknown fields, and returns the new row. */
export function createRecord(data: CrmData, type: ObjectType, given: unknown, person: Person): Row {
  assertWritable(type)
  const values = readValues(data, type, given)
  const missing = type.fields.filter((field) => field.required && (values[field.name] ?? null) === null)
  if (missing.length > 0) throw requiredFieldMissing(missing.map((field) => field.name))
  const n = (data.counters[type.name] ?? 0) + 1
  data.counters[type.name] = n
  const at = salesforceInstant(Date.now())
  const row: Row = { Id: salesforceId(type.keyPrefix, n) }
  for (const field of type.fields) if (field.name !== 'Id') row[field.name] = values[field.name] ?? field.fallback
  row.OwnerId ??= person.userId
  Object.assign(row, { CreatedById: person.userId, CreatedDate: at })
  if (type.name === 'Case') row.CaseNumber = String(n).padStart(8, '0')
  touch(type, row, person, at)
  data.records[type.name] ??= {}
  data.records[type.name]![row.Id] = row
  return row
}

/** Changes fields of a record. Only its owner, and those who see all, may. */
export function updateRecord(data: CrmData, type: ObjectType, id: string, given: unknown, person: Person): void {
  assertWritable(type)
  const row = loadRecord(data, type, id)
  assertMayChange(row, person)
  const values = readValues(data, type, given)
  const emptied = type.fields.filter((field) => field.required && values[field.name] === null)
  if (emptied.length > 0) throw requiredFieldMissing(emptied.map((field) => field.name))
  Object.assign(row, values)
  touch(type, row, person, salesforceInstant(Date.now()))
}

/** Deletes a record for good. Only its owner, and those who see all, may. */
export function deleteRecord(data: CrmData, type: ObjectType, id: string, person: Person): void {
  assertWritable(type)
  const row = loadRecord(data, type, id)
  assertMayChange(row, person)
  delete data.records[type.name]![row.Id]
}

/** A record by its id in 15 or 18 characters. */
export function loadRecord(data: CrmData, type: ObjectType, id: string): Row {
  const normal = normalizeId(id)
  const row = normal ? findRow(data, type, normal) : undefined
  if (row) return row
  if (!normal?.startsWith(type.keyPrefix)) {
    throw new SalesforceError(404, 'NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${id}`)
  }
  throw new SalesforceError(404, 'ENTITY_IS_DELETED', 'entity is deleted', [])
}

/** Every record of a type, oldest first. */
export function rowsOf(data: CrmData, type: ObjectType): Row[] {
  if (type.name !== 'User') return Object.values(data.records[type.name] ?? {})
  return PEOPLE.map(({ userId, name, email, title }) => ({
    Id: userId,
    Name: name,
    Username: email,
    Email: email,
    Title: title,
    IsActive: true,
  }))
}

/** A record by its id in 18 characters, if there is one. */
export function findRow(data: CrmData, type: ObjectType, id: string): Row | undefined {
  return type.name === 'User' ? rowsOf(data, type).find((row) => row.Id === id) : data.records[type.name]?.[id]
}

/** An instant as Salesforce writes it. */
function salesforceInstant(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000')
}

function readValues(data: CrmData, type: ObjectType, given: unknown): Partial<Row> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new SalesforceError(400, 'JSON_PARSER_ERROR', 'A JSON object was expected')
  }
  const values: Partial<Row> = {}
  for (const [name, value] of Object.entries(given)) {
    if (name === 'attributes') continue
    const field = findField(type, name)
    if (!field) throw noSuchColumn(name, type.name)
    if (field.readOnly) throw notWritable(field.name)
    values[field.name] = fieldValue(field, value)
    assertReferenceExists(data, field.to?.type, values[field.name])
  }
  return values
}

function assertReferenceExists(data: CrmData, to: string | undefined, id: Row[string] | undefined): void {
  if (!to || !id) return
  if (findRow(data, findObjectType(to)!, String(id))) return
  throw new SalesforceError(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [])
}

function assertWritable({ writable, name }: ObjectType): void {
  if (!writable) throw new SalesforceError(400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', `${name} is read only here`)
}

function assertMayChange(row: Row, person: Person): void {
  if (row.OwnerId === person.userId || person.seesAll) return
  throw new SalesforceError(403, 'INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id', [])
}

function requiredFieldMissing(fields: string[]): SalesforceError {
  const message = `Required fields are missing: [${fields.join(', ')}]`
  return new SalesforceError(400, 'REQUIRED_FIELD_MISSING', message, fields)
}

function notWritable(field: string): SalesforceError {
  const message = `Unable to create/update fields: ${field}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`
  return new SalesforceError(400, 'INVALID_FIELD_FOR_INSERT_UPDATE', message, [field])
}

// What follows from other fields is worked out here, at every change.
function touch(type: ObjectType, row: Row, person: Person, at: string): void {
  Object.assign(row, { LastModifiedById: person.userId, LastModifiedDate: at, SystemModstamp: at })
  if (type.name === 'Contact') row.Name = [row.FirstName, row.LastName].filter(Boolean).join(' ')
  if (type.name === 'Case') row.IsClosed = row.Status === 'Closed'
  if (type.name !== 'Opportunity') return
  row.IsWon = row.StageName === 'Closed Won'
  row.IsClosed = row.IsWon || row.StageName === 'Closed Lost'
}
