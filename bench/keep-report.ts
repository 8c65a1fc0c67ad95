import { readFile, writeFile } from 'node:fs/promises'
import { mergeReports } from './report.ts'

/** Writes it into RESULTS.md. Parts that were not measured this time stay as they are. */
export async function keepReport(report: string): Promise<void> {
  const file = new URL('RESULTS.md', import.meta.url)
  await writeFile(file, `${mergeReports(await readFile(file, 'utf8').catch(() => ''), report)}\n`)
}
