import type { CrmData, Row } from '../crm-data.ts'
import { type Field, findField, findObjectType, type ObjectType } from './objects.ts'
import { findRow, rowsOf } from './records.ts'
import { malformedQuery, noSuchColumn, SalesforceError } from './salesforce-error.ts'
import { type Condition, parseSoql, type SoqlQuery } from './soql.ts'
import { compareValues, comparison, type Value } from './soql-compare.ts'

/** A field, or a field of the record that a reference points at: `Owner.Name`. */
interface Path {
  through: Field | null
  field: Field
  of: ObjectType
}

interface QueryResult {
  totalSize: number
  done: true
  records: Record<string, unknown>[]
}

/** Answers a SOQL query in Salesforce's shape, everything in one batch. `version` is the API version the record URLs carry. */
export function runQuery(data: CrmData, soql: string, version: string): QueryResult {
  const query = parseSoql(soql)
  const type = findObjectType(query.from)
  if (!type) {
    const message = `sObject type '${query.from}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name.`
    throw new SalesforceError(400, 'INVALID_TYPE', message)
  }
  const fields = query.fields && expandFields(query, type).map((name) => resolvePath(type, name))
  const matches = query.where ? compile(data, type, query.where) : () => true
  const rows = sortRows(data, type, query, rowsOf(data, type).filter(matches))
  const chosen = rows.slice(query.offset, query.limit === null ? undefined : query.offset + query.limit)
  if (!fields) return { totalSize: chosen.length, done: true, records: [] }
  const records = chosen.map((row) => present(data, type, row, fields, version))
  return { totalSize: records.length, done: true, records }
}

/** What every record in an answer begins with. */
export function attributes(type: ObjectType, id: string, version: string) {
  return { type: type.name, url: `/services/data/${version}/sobjects/${type.name}/${id}` }
}

function expandFields({ fields, limit }: SoqlQuery, type: ObjectType): string[] {
  return fields!.flatMap((name) => {
    if (!name.startsWith('FIELDS(')) return [name]
    if (!['FIELDS(ALL)', 'FIELDS(STANDARD)'].includes(name)) throw malformedQuery(`${name} is not spoken here`)
    if (limit === null || limit > 200) throw malformedQuery('The SOQL FIELDS function must have a LIMIT of at most 200')
    return type.fields.map((field) => field.name)
  })
}

function resolvePath(type: ObjectType, name: string): Path {
  const [first = '', second, ...rest] = name.split('.')
  if (second === undefined) {
    const field = findField(type, first)
    if (!field) throw noSuchColumn(name, type.name)
    return { through: null, field, of: type }
  }
  const through = type.fields.find(({ to }) => to?.relationship.toLowerCase() === first.toLowerCase())
  const of = through?.to ? findObjectType(through.to.type) : undefined
  const field = of && rest.length === 0 ? findField(of, second) : undefined
  if (!through || !of || !field) throw noSuchColumn(name, type.name)
  return { through, field, of }
}

function compile(data: CrmData, type: ObjectType, condition: Condition): (row: Row) => boolean {
  if (condition.kind === 'not') {
    const inner = compile(data, type, condition.of)
    return (row) => !inner(row)
  }
  if (condition.kind !== 'compare') {
    const inner = condition.of.map((one) => compile(data, type, one))
    return condition.kind === 'all'
      ? (row) => inner.every((matches) => matches(row))
      : (row) => inner.some((matches) => matches(row))
  }
  const path = resolvePath(type, condition.field)
  const matches = comparison(path.field, condition)
  return (row) => matches(valueAt(data, row, path))
}

function sortRows(data: CrmData, type: ObjectType, { orderBy }: SoqlQuery, rows: Row[]): Row[] {
  const keys = orderBy.map(({ field, ...rest }) => ({ path: resolvePath(type, field), ...rest }))
  return rows.sort((a, b) => {
    for (const { path, descending, nullsLast } of keys) {
      const [left, right] = [valueAt(data, a, path), valueAt(data, b, path)]
      if (left === null || right === null) {
        if (left === right) continue
        return (left === null) === nullsLast ? 1 : -1
      }
      const order = compareValues(left, right)
      if (order !== 0) return descending ? -order : order
    }
    return 0
  })
}

function valueAt(data: CrmData, row: Row, { through, field, of }: Path): Value {
  const target = through ? findReferred(data, row, through, of) : row
  return target?.[field.name] ?? null
}

function findReferred(data: CrmData, row: Row, through: Field, of: ObjectType): Row | undefined {
  return findRow(data, of, String(row[through.name]))
}

function present(data: CrmData, type: ObjectType, row: Row, paths: Path[], version: string): Record<string, unknown> {
  const record: Record<string, unknown> = { attributes: attributes(type, row.Id, version) }
  for (const { through, field, of } of paths) {
    if (!through?.to) {
      record[field.name] = row[field.name] ?? null
      continue
    }
    const target = findReferred(data, row, through, of)
    const { relationship } = through.to
    if (!target) record[relationship] = null
    else {
      record[relationship] ??= { attributes: attributes(of, target.Id, version) }
      Object.assign(record[relationship] as object, { [field.name]: target[field.name] ?? null })
    }
  }
  return record
}
