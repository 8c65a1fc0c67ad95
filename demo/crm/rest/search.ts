import type { CrmData, Row } from '../crm-data.ts'
import { findField, findObjectType, listObjectTypes, type ObjectType } from './objects.ts'
import { attributes } from './query.ts'
import { rowsOf } from './records.ts'
import { noSuchColumn, SalesforceError } from './salesforce-error.ts'

/** What to look for, in which types, and which of their fields to return. */
export interface Search {
  term: string
  targets: { type: ObjectType; fields: string[] }[]
  limit: number
}

const LARGEST = 2000

/** Finds the records in which every word of the term begins some word of some text field. */
export function runSearch(data: CrmData, { term, targets, limit }: Search, version: string) {
  const words = term
    .toLowerCase()
    .split(/[\s*?]+/)
    .filter(Boolean)
  if (words.join('').length < 2) throw malformedSearch('search term must be longer than one character')
  const found = targets.flatMap(({ type, fields }) => {
    const texts = type.fields.filter(({ length, type: kind }) => length > 0 && kind !== 'reference')
    const names = fields.map((name) => {
      const field = findField(type, name)
      if (!field) throw noSuchColumn(name, type.name)
      return field.name
    })
    const matches = (row: Row) => {
      const text = texts.map(({ name }) => ` ${row[name] ?? ''}`.toLowerCase()).join(' ')
      return words.every((word) => text.split(/[^\p{L}\p{N}@._-]+/u).some((one) => one.startsWith(word)))
    }
    return rowsOf(data, type)
      .filter(matches)
      .map((row) => ({ attributes: attributes(type, row.Id, version), ...pick(row, names) }))
  })
  return { searchRecords: found.slice(0, limit) }
}

/** Reads SOSL: `FIND {term} [IN … FIELDS] [RETURNING Type(Field, …), …] [LIMIT n]`. Anything else is `MALFORMED_SEARCH`. */
export function parseSosl(text: string): Search {
  const match =
    /^\s*FIND\s*\{((?:[^}\\]|\\.)*)\}\s*(?:IN\s+(?:ALL|NAME|EMAIL|PHONE|SIDEBAR)\s+FIELDS\s*)?(?:RETURNING\s+(\w+(?:\s*\([\w\s,]*\))?(?:\s*,\s*\w+(?:\s*\([\w\s,]*\))?)*)\s*)?(?:LIMIT\s+(\d+)\s*)?$/is.exec(
      text,
    )
  if (!match) throw malformedSearch(`unexpected token in: ${text}`)
  const [, term = '', returning, limit] = match
  const listed = [...(returning ?? '').matchAll(/(\w+)\s*(?:\(([\w\s,]*)\))?/g)]
  const targets = listed.map(([, name = '', fields]) =>
    searchTarget(
      name,
      fields?.split(',').map((field) => field.trim()),
    ),
  )
  return {
    term: term.replace(/\\(.)/g, '$1'),
    targets: targets.length > 0 ? targets : everything(),
    limit: limit === undefined ? LARGEST : Number(limit),
  }
}

/** Reads the parameters of `/parameterizedSearch`, from the query string or the body of a POST. */
export function parseParameterizedSearch(parameters: Record<string, unknown>): Search {
  const { q, sobject, sobjects, fields, defaultLimit, overallLimit } = parameters
  if (typeof q !== 'string') throw malformedSearch('q is required')
  const listOf = (given: unknown) => (typeof given === 'string' ? given.split(',') : Array.isArray(given) ? given : [])
  const common = listOf(fields).map(String)
  const wanted = sobject === undefined ? listOf(sobjects) : listOf(sobject)
  const targets = wanted.map((one) =>
    typeof one === 'object' ? searchTarget(String(one.name), one.fields ?? common) : searchTarget(String(one), common),
  )
  return {
    term: q,
    targets: targets.length > 0 ? targets : everything(),
    limit: Number(overallLimit ?? defaultLimit ?? LARGEST),
  }
}

function searchTarget(name: string, fields: string[] = []): Search['targets'][number] {
  const type = findObjectType(name)
  if (!type) throw new SalesforceError(400, 'INVALID_TYPE', `sObject type '${name}' is not supported.`)
  return { type, fields: fields.filter(Boolean).length > 0 ? fields : ['Id'] }
}

function everything(): Search['targets'] {
  return listObjectTypes().map((type) => ({ type, fields: ['Id'] }))
}

function malformedSearch(message: string): SalesforceError {
  return new SalesforceError(400, 'MALFORMED_SEARCH', message)
}

function pick(row: Row, names: string[]): Partial<Row> {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]))
}
