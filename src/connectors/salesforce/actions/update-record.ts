import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { API_PATH, FieldValues, RecordId, RecordType, recordPage } from '../records.ts'

export const updateRecord = defineAction({
  name: 'update_record',
  label: 'Update record',
  description: 'Writes some fields of a record; the others stay as they are.',
  consentText: 'change records as you',
  input: z
    .strictObject({ type: RecordType, id: RecordId, fields: FieldValues })
    .meta({ examples: [{ type: 'Opportunity', id: '006000000000001AAA', fields: { StageName: 'Closed Won' } }] }),
  output: z.object({
    id: z.string(),
    url: z.string().meta({ description: 'The page of the record.' }),
    record: z.record(z.string(), z.unknown()).meta({ description: 'What was sent, with the Id.' }),
  }),
  // The same fields written twice are the same record.
  recipient: null,
  idempotent: true,
  async run({ input: { type, id, fields }, request }) {
    const answer = await request({ method: 'PATCH', url: `${API_PATH}/sobjects/${type}/${id}`, json: fields })
    return { id, url: recordPage(answer.url, id), record: { ...fields, Id: id } }
  },
})
