import pg from 'pg'
import { grantPlace, sealTokens } from '../src/connections/grant.ts'
import { useConnection } from '../src/connections/use-connection.ts'
import type { ConnectionId, PersonId, RecipeId } from '../src/core/ids.ts'
import { Secret } from '../src/core/secret.ts'
import { countStatements } from './count-statements.ts'
import { type Figures, figuresOf } from './load.ts'
import { seedUses, USED } from './seed-uses.ts'
import type { BenchRecipe, Owner } from './set-up.ts'
import type { Town } from './town.ts'
import { wireBeside } from './wire-beside.ts'

/** `connections/use` among so many children of one parent, each of another person, one at a time. */
export interface UseFigures {
  children: number
  /** The first use in this process: the grant is read and opened. */
  first: Figures
  /** Again: the grant is in memory, and its standing is read. */
  again: Figures
  /** How PostgreSQL goes about each statement of it, without what it reckons that costs. */
  plans: string[]
}

type Ctx = Awaited<ReturnType<typeof wireBeside>>['ctx']
const counter = countStatements()

/** Uses the connections of people picked all over, twice each. The grants of those who are not picked are never opened. */
export async function measureUse(town: Town, owner: BenchRecipe & Owner, sizes: number[]): Promise<UseFigures[]> {
  const { ctx, stop } = await wireBeside(town)
  const client = new pg.Client({ connectionString: town.connectionString })
  await client.connect()
  try {
    const { id: recipeId } = (await owner.api('GET', 'recipes'))[0] as { id: RecipeId }
    const figures: UseFigures[] = []
    for (const [i, children] of sizes.entries()) {
      const picked = await seedUses(client, { ...owner, recipeId, from: sizes[i - 1] ?? 0, to: children })
      for (const { connectionId } of picked)
        await giveGrant(ctx, client, { connectionId, instance: town.crm.url.origin })
      await client.query('vacuum analyze')
      const takeOne = (personId: PersonId) => take(ctx, { parentId: owner.connectionId, personId, recipeId })
      for (const { personId } of picked) await takeOne(personId)
      ctx.openGrants.clear()
      counter.start()
      const first = await timeEach(picked, takeOne)
      const plans = await plansOf(client)
      figures.push({ children, first, again: await timeEach(picked.reverse(), takeOne), plans })
    }
    return figures
  } finally {
    await client.end()
    await stop()
  }
}

async function take(
  ctx: Ctx,
  { parentId, personId, recipeId }: { parentId: ConnectionId; personId: PersonId; recipeId: RecipeId },
): Promise<void> {
  // biome-ignore lint/correctness/useHookAtTopLevel: it is none of React's hooks
  const used = await useConnection(ctx, { parentId, personId, recipe: { recipeId, footprint: [USED] } })
  if (used.kind !== 'ready') throw new Error(`the connection of ${personId} cannot be used: ${JSON.stringify(used)}`)
}

async function giveGrant(
  ctx: Ctx,
  client: pg.Client,
  { connectionId, instance }: { connectionId: ConnectionId; instance: string },
): Promise<void> {
  const tokens = {
    connectedBy: 'oauth2' as const,
    accessToken: new Secret('an-access-token-of-the-bench'),
    refreshToken: new Secret('a-refresh-token-of-the-bench'),
    response: { instance_url: instance },
  }
  const sealed = await sealTokens(ctx, grantPlace(connectionId), tokens)
  await client.query('update grants set sealed = $2 where connection_id = $1', [connectionId, sealed])
}

async function timeEach(picked: { personId: PersonId }[], once: (id: PersonId) => Promise<void>): Promise<Figures> {
  const latencies: number[] = []
  for (const { personId } of picked) {
    const start = performance.now()
    await once(personId)
    latencies.push(performance.now() - start)
  }
  const seconds = latencies.reduce((sum, ms) => sum + ms, 0) / 1000
  return figuresOf({ seconds, latencies: latencies.sort((a, b) => a - b) })
}

/** https://www.postgresql.org/docs/18/sql-explain.html: a plan for any values, as prepared statements have it. */
async function plansOf(client: pg.Client): Promise<string[]> {
  const plans: string[] = []
  for (const { statement } of counter.stop()) {
    const { rows } = await client.query(`explain (generic_plan, costs off) ${statement}`)
    plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
  }
  return plans
}
