import { z } from 'zod'

export const Spreadsheet = z
  .string()
  .regex(/^[\w-]{20,100}$/, 'the id in the address of the spreadsheet, between /d/ and /edit')
  .meta({ title: 'Spreadsheet', description: 'The id in its address, between /d/ and /edit.' })

export const Range = z
  .string()
  .regex(/^(?!\.{1,2}$)[^\p{Cc}/\\]{1,200}$/u, 'a range such as Sheet1!A1:C10, or the name of a sheet')
  .meta({ title: 'Range', description: 'Sheet1!A1:C10, or the name of a sheet.' })

export const Rows = z.array(z.array(z.union([z.string().max(50_000), z.number(), z.boolean(), z.null()])).max(1000))

/** https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values */
export const valuesPath = (spreadsheet: string, range: string): string =>
  `/v4/spreadsheets/${spreadsheet}/values/${encodeURIComponent(range)}`
