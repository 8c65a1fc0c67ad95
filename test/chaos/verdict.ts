import { setTimeout as delay } from 'node:timers/promises'
import type { RefreshRequest } from '../support/refresh-log.ts'
import type { Crew } from './crew.ts'
import { type Actor, refreshesOf, type SeedResult } from './play-seed.ts'
import type { Town } from './town.ts'

const REST_WITHIN_MS = 180_000

/**
 * Waits until nothing is under way any more: no lease, no refresh to be looked after, everybody asked who has to be, and
 * revoked what has to be. Time that would only be waited for is made to pass. Answers what did not come to rest.
 */
export async function bringToRest(town: Town, actors: Actor[]): Promise<string[]> {
  const ids = actors.map(({ connectionId }) => connectionId)
  const { db } = town.ctx
  for (const deadline = Date.now() + REST_WITHIN_MS; ; await delay(100)) {
    const past = new Date(0)
    await db
      .updateTable('connections')
      .set({ must_ask_at: past })
      .where('id', 'in', ids)
      .where('must_ask_at', '>', new Date(Date.now() + 5_000))
      .where('status', '=', 'lost')
      .execute()
    await db
      .updateTable('revocations')
      .set({ next_at: past })
      .where('connection_id', 'in', ids)
      .where('status', '=', 'pending')
      .where('next_at', '>', new Date(Date.now() + 5_000))
      .execute()
    const left = [
      ...(await db
        .selectFrom('grants')
        .select('connection_id as id')
        .where('connection_id', 'in', ids)
        .where((where) => where.or([where('lease_holder', 'is not', null), where('keep_alive_at', 'is not', null)]))
        .execute()),
      ...(await db
        .selectFrom('connections')
        .select('id')
        .where('id', 'in', ids)
        .where('must_ask_at', 'is not', null)
        .execute()),
      ...(await db
        .selectFrom('revocations')
        .select('connection_id as id')
        .where('connection_id', 'in', ids)
        .where('status', '=', 'pending')
        .execute()),
    ]
    if (left.length === 0) return []
    if (Date.now() > deadline) return left.map(({ id }) => `${nameOf(actors, String(id))} did not come to rest`)
  }
}

const nameOf = (actors: Actor[], id: string) => actors.find(({ connectionId }) => connectionId === id)?.account ?? id

/** What is not as it is promised, and how many grants were lost. */
export async function problemsOf(
  town: Town,
  crew: Crew,
  actors: Actor[],
): Promise<Pick<SeedResult, 'problems' | 'lost'>> {
  const lost = { grace: 0, strict: 0 }
  const problems: string[] = []
  const ends = await Promise.all(actors.map((actor) => useAtRest(crew, actor)))
  // A use can be the first that finds out about a loss.
  problems.push(...(await bringToRest(town, actors)))
  const verdicts = await Promise.all(actors.map((actor, index) => judge(town, crew, { actor, end: ends[index] ?? '' })))
  for (const [index, { isLost, problem }] of verdicts.entries()) {
    const { provider, account } = actors[index] as Actor
    if (isLost) lost[provider.kind]++
    if (problem) problems.push(`${account}: ${problem}`)
  }
  return { problems, lost }
}

const FINAL = ['done', 'expired', 'disconnected']

/** Uses a grant once more; again while the machine is too busy to answer. */
async function useAtRest(crew: Crew, { provider, person }: Actor): Promise<string> {
  let end = ''
  for (let tries = 0; tries < 10 && !FINAL.includes(end); tries++) {
    const one = await crew.anyone()
    end = Object.keys(await one.use({ parentId: provider.parentId, personId: person.id })).join()
  }
  return end
}

async function judge(
  town: Town,
  crew: Crew,
  { actor, end }: { actor: Actor; end: string },
): Promise<{ isLost: boolean; problem?: string }> {
  const { provider, account, connectionId } = actor
  const { server } = provider
  const row = await town.ctx.db
    .selectFrom('connections')
    .select(['status', 'status_reason'])
    .where('id', '=', connectionId)
    .executeTakeFirstOrThrow()
  if (actor.isCutOff) {
    if (row.status !== 'disconnected' || end !== 'disconnected')
      return { isLost: false, problem: `disconnected, but ${row.status} and ${end}` }
    if (server.liveGrantsOf(account) > 0) return { isLost: false, problem: 'disconnected, but alive at the provider' }
    return { isLost: false }
  }
  if (row.status !== 'lost')
    return end === 'done' && row.status === 'connected'
      ? { isLost: false }
      : { isLost: false, problem: `${row.status}, and a use ends as ${end}` }
  const problem =
    (provider.kind === 'grace' && 'lost at a provider with grace') ||
    (!wasCut(crew, refreshesOf(actor)) && `lost, though no answer was cut: ${storyOf(crew, refreshesOf(actor))}`) ||
    (end !== 'expired' && `lost, but a use ends as ${end}`) ||
    (!row.status_reason && 'lost, and no reason is shown') ||
    (!(await isAsked(town, actor)) && 'lost, and nobody asks the person')
  return problem ? { isLost: true, problem } : { isLost: true }
}

/** Whether the refresh whose token came a second time was one whose answer did not arrive, or arrived where nobody could keep it. */
function wasCut(crew: Crew, refreshes: RefreshRequest[]): boolean {
  return refreshes.some((second, index) => {
    if (second.outcome !== 'refused') return false
    const first = refreshes
      .slice(0, index)
      .find((each) => each.outcome === 'granted' && each.presented === second.presented)
    return first && (first.cut || crew.wasDisturbed(first, second.at))
  })
}

/** What the provider saw, for whoever looks for the fault. */
function storyOf(crew: Crew, refreshes: RefreshRequest[]): string {
  const began = refreshes[0]?.at ?? 0
  const lines = refreshes.map(({ sender, presented, outcome, at, endedAt, cut }) => {
    const moments = `at ${at - began} ms, answered at ${endedAt === null ? 'never' : endedAt - began} ms`
    return `${sender} brought ${presented.slice(0, 6)}, ${outcome}, ${moments}${cut ? ', cut' : ''}`
  })
  return [...lines, ...crew.mishaps(began)].join('; ')
}

async function isAsked({ ctx }: Town, { person, provider }: Actor): Promise<boolean> {
  const open = await ctx.db
    .selectFrom('connect_requests')
    .select('reason')
    .where('person_id', '=', person.id)
    .where('parent_id', '=', provider.parentId)
    .where('status', '=', 'open')
    .executeTakeFirst()
  return open?.reason === 'expired'
}
