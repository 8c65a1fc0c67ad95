import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { hostsOf } from '../settings.ts'
import { Range, Rows, Spreadsheet, valuesPath } from '../spreadsheets.ts'

const Values = z.object({ range: z.string(), values: Rows.default([]) })

export const readRows = defineAction({
  name: 'read_rows',
  label: 'Read rows',
  description: 'Reads the values in a range of a spreadsheet, row by row.',
  consentText: 'read your spreadsheets',
  input: z
    .strictObject({ spreadsheet: Spreadsheet, range: Range })
    .meta({ examples: [{ spreadsheet: '1x-the_id_in_the_address_of_it', range: 'Deals!A1:C100' }] }),
  output: z.object({
    range: z.string(),
    rows: Rows.meta({ description: 'Empty cells at the end of a row, and empty rows at the end, are left out.' }),
  }),
  recipient: null,
  idempotent: true,
  async run({ input: { spreadsheet, range }, request, settings }) {
    const answer = await request({
      method: 'GET',
      url: `${hostsOf(settings).sheets}${valuesPath(spreadsheet, range)}`,
      query: { valueRenderOption: 'UNFORMATTED_VALUE', dateTimeRenderOption: 'FORMATTED_STRING' },
    })
    const { range: read, values } = readAnswer(Values, answer.json, 'Google')
    return { range: read, rows: values }
  },
})
