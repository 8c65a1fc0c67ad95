import { setTimeout as delay } from 'node:timers/promises'
import { disconnect, loadConnection } from '../../src/connections/cut-off.ts'
import type { ConnectionId } from '../../src/core/ids.ts'
import { actorOf } from '../../src/people/actor.ts'
import type { Person } from '../../src/people/person.ts'
import { createPerson } from '../../src/people/persons.ts'
import { connectDirectly } from '../support/connect-directly.ts'
import type { RefreshRequest } from '../support/refresh-log.ts'
import { type Crew, processOf } from './crew.ts'
import { type Random, randomOf } from './random.ts'
import { type Provider, TIMEOUT_MS, type Town } from './town.ts'
import { bringToRest, problemsOf } from './verdict.ts'

/** Somebody whose grant is used while things go wrong. */
export interface Actor {
  provider: Provider
  person: Person
  account: string
  connectionId: ConnectionId
  /** Whether they disconnected on the way. */
  isCutOff: boolean
}

/** What became of a seed. */
export interface SeedResult {
  seed: number
  problems: string[]
  grants: number
  refreshes: number
  lost: { grace: number; strict: number }
  cutOff: number
  ms: number
}

const EACH = 5
const FOR_MS = 1_500
/** What happens to a refresh, before its answer is sent; nothing to two of five. */
const MISHAPS = ['none', 'none', 'none', 'none', 'cut', 'late', 'kill', 'kill after', 'pause', 'long pause'] as const

/** Plays one seed: grants at both providers are used from all processes while its mishaps happen; then all comes to rest and is judged. */
export async function playSeed(town: Town, crew: Crew, seed: number): Promise<SeedResult> {
  const began = Date.now()
  const random = randomOf(seed)
  const actors: Actor[] = []
  for (const provider of town.providers)
    for (let index = 0; index < EACH; index++) actors.push(await makeActor(town, { provider, seed, index }))
  for (const each of actors) planFor(town, crew, each, randomOf(seed * 1_000 + actors.indexOf(each)))
  await stir(town, crew, { actors, random })
  for (const { account } of actors) town.onRefresh.delete(account)
  const restless = await bringToRest(town, actors)
  const { problems, lost } = await problemsOf(town, crew, actors)
  const refreshes = actors.reduce((sum, each) => sum + refreshesOf(each).length, 0)
  const cutOff = actors.filter(({ isCutOff }) => isCutOff).length
  return {
    seed,
    problems: [...restless, ...problems],
    grants: actors.length,
    refreshes,
    lost,
    cutOff,
    ms: Date.now() - began,
  }
}

export const refreshesOf = ({ provider, account }: Actor): RefreshRequest[] =>
  provider.server.refreshes.filter((refresh) => refresh.account === account)

async function makeActor(
  { ctx, workspaceId }: Town,
  { provider, seed, index }: { provider: Provider; seed: number; index: number },
): Promise<Actor> {
  const account = `${provider.kind}-${seed}-${index}-${Date.now().toString(36)}`
  const person = await createPerson(ctx.db, {
    workspaceId,
    kind: 'member',
    role: 'member',
    name: account,
    email: `${account}@acme.test`,
    now: new Date(),
  })
  const { parentId, server } = provider
  const connectionId = await connectDirectly(ctx, { parentId, person, account, response: await server.issue(account) })
  return { provider, person, account, connectionId, isCutOff: false }
}

/** Decides, by the seed, what happens to each refresh of this one, and whether they disconnect in the middle of it. */
function planFor(town: Town, crew: Crew, actor: Actor, random: Random): void {
  const mishaps = Array.from({ length: 3 }, () => ({ what: random.one(MISHAPS), afterMs: random.below(30) }))
  const disconnectsAt = random.next() < 0.15 ? random.below(2) : null
  let met = 0
  town.onRefresh.set(actor.account, async ({ sender }) => {
    const nth = met++
    if (nth === disconnectsAt) await cutOff(town, actor)
    const mishap = mishaps[nth] ?? { what: 'none', afterMs: 0 }
    const who = processOf(sender)
    if (mishap.what === 'late') await delay(TIMEOUT_MS * 1.3)
    if (mishap.what === 'kill') crew.kill(who)
    if (mishap.what === 'kill after') setTimeout(() => crew.kill(who), mishap.afterMs)
    if (mishap.what === 'pause') crew.pause(who, TIMEOUT_MS * 0.5)
    if (mishap.what === 'long pause') crew.pause(who, TIMEOUT_MS * 2)
    return mishap.what === 'cut' ? 'cut' : 'answer'
  })
}

async function cutOff({ ctx, workspaceId }: Town, actor: Actor): Promise<void> {
  actor.isCutOff = true
  await ctx.db.transaction().execute(async (tx) => {
    const connection = await loadConnection(tx, workspaceId, actor.connectionId)
    await disconnect(ctx, tx, actorOf(actor.person), connection)
  })
}

/** Every grant's token ends, here or there, and is used several times by whoever is alive; now and then a provider is down. */
async function stir(town: Town, crew: Crew, { actors, random }: { actors: Actor[]; random: Random }): Promise<void> {
  for (const { provider, account, connectionId } of actors) {
    if (random.next() < 0.5) provider.server.expireAccessTokens(account)
    else await makeDue(town, connectionId)
  }
  const turns = actors.flatMap((actor) =>
    Array.from({ length: 4 }, () => ({ actor, atMs: random.below(FOR_MS), who: random.below(1_000) })),
  )
  const outages = town.providers.map(({ server }) => ({ server, atMs: random.below(FOR_MS), n: random.below(3) }))
  await Promise.all([
    ...turns.map(async ({ actor, atMs, who }) => {
      await delay(atMs)
      const one = await crew.anyone(who)
      const { parentId } = actor.provider
      await one.use({ parentId, personId: actor.person.id }, { atOnce: 2, times: 2 })
    }),
    ...outages.map(async ({ server, atMs, n }) => {
      await delay(atMs)
      server.failNext('token', n, 503)
    }),
  ])
}

/** Over by the clock here; another version, so that nobody goes on with what they remember. */
async function makeDue({ ctx }: Town, connectionId: ConnectionId): Promise<void> {
  await ctx.db
    .updateTable('grants')
    .set({ access_expires_at: new Date(0), version: (e) => e('version', '+', '1') })
    .where('connection_id', '=', connectionId)
    .execute()
}
