import { z } from 'zod'
import type { BoundRequest } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { AnsweredRecord, API_PATH } from './records.ts'

const Page = z.object({
  totalSize: z.number().int(),
  done: z.boolean(),
  nextRecordsUrl: z.string().optional(),
  records: z.array(AnsweredRecord),
})

export interface QueryResult {
  /** How many there are, though fewer were read. */
  totalSize: number
  records: Record<string, unknown>[]
  /** Where the answer came from. */
  url: string
}

/** Runs a query and reads up to `limit` records of it, page by page. */
export async function runQuery(request: BoundRequest, soql: string, limit: number): Promise<QueryResult> {
  const first = await request({ method: 'GET', url: `${API_PATH}/query`, query: { q: soql } })
  let page = readAnswer(Page, first.json, 'Salesforce')
  const { totalSize } = page
  const records = [...page.records]
  // A page without records that promises more would keep us here for ever.
  while (!page.done && page.nextRecordsUrl && page.records.length > 0 && records.length < limit) {
    page = readAnswer(Page, (await request({ method: 'GET', url: page.nextRecordsUrl })).json, 'Salesforce')
    records.push(...page.records)
  }
  return { totalSize, records: records.slice(0, limit), url: first.url }
}
