import { useConnection } from '../src/connections/use-connection.ts'
import { newToken } from './baselines.ts'
import { type Figures, figuresOf, medianOf, runRound } from './load.ts'
import type { BenchRecipe } from './set-up.ts'
import type { Town } from './town.ts'
import { wireBeside } from './wire-beside.ts'

const ROUNDS = 5

/** One request of an action with a grant, beside the same request sent by the same way out without Behalf's checks. */
export interface UseOverhead {
  bound: Figures
  raw: Figures
}

/**
 * In this process, one at a time, warm, in turn: takes the connection (its standing is read, its grant opened once) and sends one request,
 * against sending it with the bare egress.
 */
export async function measureUseOverhead(town: Town, recipe: BenchRecipe, seconds: number): Promise<UseOverhead> {
  const { ctx, stop } = await wireBeside(town)
  const json = { Name: 'Acme 2027', Amount: 1200 }
  const path = '/services/data/v62.0/sobjects/Opportunity'
  const bound = async (): Promise<void> => {
    const used = await useConnection(ctx, { parentId: recipe.connectionId, personId: null, recipe: null })
    if (used.kind !== 'ready') throw new Error(`the connection cannot be used: ${used.kind}`)
    await used.connection.request({ method: 'POST', url: path, json })
  }
  const headers = { authorization: await newToken(town.crm.url), 'content-type': 'application/json' }
  const url = new URL(path, town.crm.url)
  const raw = () => ctx.egress({ method: 'POST', url, headers, body: JSON.stringify(json) })
  try {
    for (const warmUp of [bound, raw]) await runRound(1, seconds, warmUp)
    const figures: Record<keyof UseOverhead, Figures[]> = { bound: [], raw: [] }
    for (let round = 0; round < ROUNDS; round++) {
      figures.bound.push(figuresOf(await runRound(1, seconds, bound)))
      figures.raw.push(figuresOf(await runRound(1, seconds, raw)))
    }
    return { bound: medianOf(figures.bound), raw: medianOf(figures.raw) }
  } finally {
    await stop()
  }
}
