import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { API_PATH, FieldValues, RecordType, recordPage } from '../records.ts'

const Created = z.object({ id: z.string().min(1) })

export const createRecord = defineAction({
  name: 'create_record',
  label: 'Create record',
  description: 'Creates a record of any object: an opportunity, a contact, a custom object.',
  consentText: 'create records as you',
  input: z.strictObject({ type: RecordType, fields: FieldValues }).meta({
    examples: [{ type: 'Opportunity', fields: { Name: 'Acme 2027', StageName: 'Prospecting', Amount: 1200 } }],
  }),
  output: z.object({
    id: z.string(),
    url: z.string().meta({ description: 'The page of the record.' }),
    record: z
      .record(z.string(), z.unknown())
      .meta({ description: 'What was sent, with the Id; what Salesforce added is not here.' }),
  }),
  recipient: null,
  idempotent: false,
  async run({ input: { type, fields }, request }) {
    const answer = await request({ method: 'POST', url: `${API_PATH}/sobjects/${type}`, json: fields })
    const { id } = readAnswer(Created, answer.json, 'Salesforce')
    return { id, url: recordPage(answer.url, id), record: { ...fields, Id: id } }
  },
})
