import { type Figures, figuresOf, makePoster, medianOf, runRound } from './load.ts'
import { setUp } from './set-up.ts'
import { startN8n } from './start-n8n.ts'
import type { Town } from './town.ts'

/** The same work by several products, at as many at once, in rounds taken in turn. */
export interface BesideFigures {
  version: string
  concurrency: number
  behalf: Figures
  n8n: Figures
  /** With expressions evaluated in n8n's own process: faster than its default, which isolates them. */
  unisolated: Figures
}

/** All idle before; a round of each to warm up, then `rounds` of each in turn. Every answer is checked: it names the record that was made. */
export async function measureBeside(
  town: Town,
  { folder, concurrency, rounds, seconds }: { folder: string; concurrency: number; rounds: number; seconds: number },
): Promise<BesideFigures> {
  const recipe = await setUp(town)
  const n8n = await startN8n(folder, town.crm.url)
  const unisolated = await startN8n(folder, town.crm.url, { N8N_EXPRESSION_ENGINE: 'legacy' })
  const contestants = [
    contestant(recipe.webhookUrl, (answer) => (answer as { data: { output: unknown } }).data.output),
    contestant(n8n.webhookUrl),
    contestant(unisolated.webhookUrl),
  ]
  try {
    for (const { runOnce } of contestants) await runRound(concurrency, seconds, runOnce)
    for (let round = 0; round < rounds; round++)
      for (const { runOnce, done } of contestants) done.push(figuresOf(await runRound(concurrency, seconds, runOnce)))
    const [behalf, itsDefaults, itsOwnProcess] = contestants.map(({ done }) => medianOf(done)) as [
      Figures,
      Figures,
      Figures,
    ]
    return { version: n8n.version, concurrency, behalf, n8n: itsDefaults, unisolated: itsOwnProcess }
  } finally {
    await Promise.all(contestants.map(({ close }) => close()))
    await Promise.all([n8n.stop(), unisolated.stop()])
  }
}

function contestant(webhookUrl: URL, resultOf: (answer: unknown) => unknown = (answer) => answer) {
  const poster = makePoster(webhookUrl)
  const runOnce = async () => requireId(resultOf(await poster.post({ name: 'Acme 2027', amount: 1200 })))
  return { runOnce, done: [] as Figures[], close: () => poster.close() }
}

function requireId(answer: unknown): void {
  if (typeof (answer as { id?: unknown } | null)?.id !== 'string')
    throw new Error(`a run did not answer with its record: ${JSON.stringify(answer)}`)
}
