import { type Figures, figuresOf, makePoster, medianOf, runRound } from './load.ts'
import { type BenchRecipe, setUp } from './set-up.ts'
import { startN8n } from './start-n8n.ts'
import type { Town } from './town.ts'

/** The same work by both products, at as many at once, in rounds taken in turn. */
export interface BesideFigures {
  version: string
  concurrency: number
  behalf: Figures
  n8n: Figures
}

/** Both idle before; a round of each to warm up, then `rounds` of each in turn. Every answer is checked: it names the record that was made. */
export async function measureBeside(
  town: Town,
  { folder, concurrency, rounds, seconds }: { folder: string; concurrency: number; rounds: number; seconds: number },
): Promise<BesideFigures> {
  const recipe: BenchRecipe = await setUp(town)
  const n8n = await startN8n(folder, town.crm.url)
  const posters = { behalf: makePoster(recipe.webhookUrl), n8n: makePoster(n8n.webhookUrl) }
  const body = { name: 'Acme 2027', amount: 1200 }
  const once = {
    behalf: async () => requireId(((await posters.behalf.post(body)) as { data: { output: unknown } }).data.output),
    n8n: async () => requireId(await posters.n8n.post(body)),
  }
  const done = { behalf: [] as Figures[], n8n: [] as Figures[] }
  try {
    for (const each of ['behalf', 'n8n'] as const) await runRound(concurrency, seconds, once[each])
    for (let round = 0; round < rounds; round++)
      for (const each of ['behalf', 'n8n'] as const)
        done[each].push(figuresOf(await runRound(concurrency, seconds, once[each])))
    return { version: n8n.version, concurrency, behalf: medianOf(done.behalf), n8n: medianOf(done.n8n) }
  } finally {
    await Promise.all([posters.behalf.close(), posters.n8n.close()])
    await n8n.stop()
  }
}

function requireId(answer: unknown): void {
  if (typeof (answer as { id?: unknown } | null)?.id !== 'string')
    throw new Error(`a run did not answer with its record: ${JSON.stringify(answer)}`)
}
