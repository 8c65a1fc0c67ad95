import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { runQuery } from '../query.ts'
import { FieldName, FieldValue, fieldsOf, RecordType, recordPage } from '../records.ts'
import { searchQuery } from '../soql.ts'

const Found = z.array(z.looseObject({ Id: z.string().min(1) }))

export const searchRecords = defineAction({
  name: 'search_records',
  label: 'Search records',
  description:
    'Finds records of one object whose fields have these values. For dates, ranges and parts of words use Run SOQL.',
  consentText: 'search records you can see',
  input: z
    .strictObject({
      type: RecordType,
      where: z.record(FieldName, FieldValue).default({}).meta({
        title: 'Where',
        description: 'Values by the API name of their field; a record must match all of them.',
      }),
      fields: z
        .array(FieldName)
        .max(200)
        .default(['Name'])
        .meta({ title: 'Fields', description: 'The fields to read.' }),
      limit: z.int().min(1).max(2000).default(100).meta({ title: 'Limit', description: 'The most records to read.' }),
    })
    .meta({
      examples: [{ type: 'Opportunity', where: { StageName: 'Prospecting', IsClosed: false }, fields: ['Name'] }],
    }),
  output: z.object({
    total_size: z.int().meta({ description: 'How many were found, at most the limit.' }),
    records: z.array(z.object({ id: z.string(), url: z.string(), record: z.record(z.string(), z.unknown()) })),
  }),
  recipient: null,
  idempotent: true,
  async run({ input: { type, where, fields, limit }, request }) {
    // Salesforce refuses a field named twice, in whatever case.
    const others = fields.filter((field) => field.toLowerCase() !== 'id')
    const query = searchQuery({ type, where, fields: ['Id', ...others], limit })
    const result = await runQuery(request, query, limit)
    const records = readAnswer(Found, result.records, 'Salesforce')
    return {
      total_size: result.totalSize,
      records: records.map((record) => ({
        id: record.Id,
        url: recordPage(result.url, record.Id),
        record: fieldsOf(record),
      })),
    }
  },
})
