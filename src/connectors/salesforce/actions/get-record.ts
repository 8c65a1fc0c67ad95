import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { AnsweredRecord, API_PATH, FieldName, fieldsOf, RecordId, RecordType, recordPage } from '../records.ts'

export const getRecord = defineAction({
  name: 'get_record',
  label: 'Get record',
  description: 'Reads one record by its id.',
  consentText: 'read records you can see',
  input: z
    .strictObject({
      type: RecordType,
      id: RecordId,
      fields: z.array(FieldName).max(200).default([]).meta({
        title: 'Fields',
        description: 'The fields to read; all that you may see when empty.',
      }),
    })
    .meta({ examples: [{ type: 'Opportunity', id: '006000000000001AAA', fields: ['Name', 'Account.Name'] }] }),
  output: z.object({
    id: z.string(),
    url: z.string().meta({ description: 'The page of the record.' }),
    record: z.record(z.string(), z.unknown()).meta({ description: 'Its fields.' }),
  }),
  recipient: null,
  idempotent: true,
  async run({ input: { type, id, fields }, request }) {
    const answer = await request({
      method: 'GET',
      url: `${API_PATH}/sobjects/${type}/${id}`,
      query: { fields: fields.length > 0 ? fields.join(',') : undefined },
    })
    const record = readAnswer(AnsweredRecord, answer.json, 'Salesforce')
    return { id, url: recordPage(answer.url, id), record: fieldsOf(record) }
  },
})
