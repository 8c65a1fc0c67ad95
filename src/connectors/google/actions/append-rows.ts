import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { hostsOf } from '../settings.ts'
import { Range, Rows, Spreadsheet, valuesPath } from '../spreadsheets.ts'

const Appended = z.object({ updates: z.object({ updatedRange: z.string(), updatedRows: z.int().default(0) }) })

export const appendRows = defineAction({
  name: 'append_rows',
  label: 'Append rows',
  description: 'Puts rows below the table in a range of a spreadsheet.',
  consentText: 'add rows to your spreadsheets',
  input: z
    .strictObject({
      spreadsheet: Spreadsheet,
      range: Range.default('A1'),
      rows: Rows.min(1).max(1000).meta({ title: 'Rows', description: 'A list of rows, each a list of values.' }),
    })
    .meta({
      examples: [
        { spreadsheet: '1x-the_id_in_the_address_of_it', range: 'Deals!A1', rows: [['Acme renewal', 1200, true]] },
      ],
    }),
  output: z.object({ range: z.string().meta({ description: 'Where they are now.' }), rows: z.int() }),
  recipient: 'spreadsheet',
  idempotent: false,
  async run({ input: { spreadsheet, range, rows }, request, settings }) {
    const answer = await request({
      method: 'POST',
      url: `${hostsOf(settings).sheets}${valuesPath(spreadsheet, range)}:append`,
      // why: RAW, because a value that begins with "=" would be a formula, and a formula can carry other cells to a stranger.
      query: { valueInputOption: 'RAW', insertDataOption: 'INSERT_ROWS' },
      json: { values: rows },
    })
    const { updates } = readAnswer(Appended, answer.json, 'Google')
    return { range: updates.updatedRange, rows: updates.updatedRows }
  },
})
