import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { crmConnection } from '../support/recipes.ts'
import { jobEnded } from '../support/run.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let parent: ConnectionId
let persons: TestPerson[]
/** The parent first, then each person's own. */
let connections: ConnectionId[]

// Consent is relaxed, so that nothing but whose a connection is keeps it from being used.
beforeAll(async () => {
  behalf = await startTestBehalf()
  persons = [await behalf.addPerson('Alice Ng'), await behalf.addPerson('Bob Ortiz')]
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  await behalf.addRecipe({
    name: 'Ask',
    trigger: { kind: 'command', command: 'ask' },
    connections: crmConnection(parent, true),
    steps: [make('ask')],
  })
  connections = [parent]
  for (const person of persons) connections.push(await childOf(person))
}, 60_000)
afterAll(() => behalf?.stop())

async function childOf(person: TestPerson): Promise<ConnectionId> {
  const { body } = await person.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(person, body.data.url, person.person.name)
  return (await person.api('GET', '/me/connections')).body.data[0].connection.id
}

const make = (name: string) => ({
  kind: 'action',
  name: 'make',
  connection: 'crm',
  action: 'create_record',
  input: { type: 'Opportunity', fields: { Name: name, StageName: 'Prospecting', CloseDate: '2027-01-31' } },
})

const TRIGGERS = [
  { kind: 'api' },
  { kind: 'webhook' },
  { kind: 'function', input: { type: 'object' }, output: { type: 'object' } },
] as const

/** Numbers choose among what is there by then. */
const Plan = fc.record({
  recipes: fc.array(
    fc.record({
      trigger: fc.constantFrom(...TRIGGERS),
      personal: fc.boolean(),
      calls: fc.array(
        fc.record({ which: fc.nat(), override: fc.option(fc.nat(), { nil: null }), wait: fc.boolean() }),
        {
          maxLength: 2,
        },
      ),
      acts: fc.boolean(),
    }),
    { minLength: 3, maxLength: 5 },
  ),
  delegations: fc.array(fc.record({ person: fc.nat(1), recipe: fc.nat() }), { maxLength: 3 }),
  edits: fc.array(fc.record({ recipe: fc.nat(), personal: fc.boolean() }), { maxLength: 2 }),
  runs: fc.array(fc.record({ recipe: fc.nat(), person: fc.nat(1) }), { minLength: 2, maxLength: 4 }),
})
type Plan = typeof Plan extends fc.Arbitrary<infer T> ? T : never

const pick = <T>(from: readonly T[], at: number): T => from[at % from.length] as T

/** Whatever of it is refused is refused: only what was used counts. */
async function carryOut({ recipes, delegations, edits, runs }: Plan, round: string): Promise<void> {
  const made: RecipeId[] = []
  for (const [index, { trigger, personal, calls, acts }] of recipes.entries()) {
    const steps = calls.map(({ which, override, wait }, at) => ({
      kind: 'call',
      name: `call_${at}`,
      recipe_id: made.length > 0 ? pick(made, which) : null,
      wait,
      connection_overrides: override === null ? {} : { crm: pick(connections, override) },
    }))
    const document = {
      name: `${round}-${index}`,
      trigger,
      connections: crmConnection(parent, personal),
      steps: [...steps, ...(acts || steps.length === 0 ? [make(round)] : [])],
    }
    const id = await behalf.addRecipe(document).catch(() => undefined)
    if (id) made.push(id)
  }
  if (made.length === 0) return
  const end = new Date(Date.now() + 60 * 60 * 1000).toISOString()
  for (const { person, recipe } of delegations)
    await pick(persons, person).api('POST', '/me/delegations', {
      connection_id: connections[person + 1],
      recipe_id: pick(made, recipe),
      until: end,
    })
  for (const { recipe, personal } of edits) await turn(pick(made, recipe), personal)
  for (const { recipe, person } of runs) await runAnyhow(pick(made, recipe), pick(persons, person))
}

async function turn(id: RecipeId, personal: boolean): Promise<void> {
  const { document, version } = (await behalf.owner.api('GET', `/recipes/${id}`)).body.data
  const edited = { ...document, connections: crmConnection(parent, personal) }
  await behalf.owner.api('PUT', `/recipes/${id}`, { document: edited, expected_version: version })
}

async function runAnyhow(id: RecipeId, person: TestPerson): Promise<void> {
  const run = await person.api('POST', `/recipes/${id}/run`, { input: {}, wait_seconds: 0 })
  const hook = await behalf.owner.api('POST', `/recipes/${id}/webhook`)
  if (run.body.data?.id) await jobEnded(person, run.body.data.id)
  if (hook.body.data?.url)
    await fetch(hook.body.data.url, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })
}

/** Uses of a person's own connection by a job that is not theirs, and that nobody let use it. */
function usesOfOthers() {
  return behalf.ctx.db
    .selectFrom('credential_uses')
    .innerJoin('connections', 'connections.id', 'credential_uses.connection_id')
    .innerJoin('jobs', 'jobs.id', 'credential_uses.job_id')
    .select(['credential_uses.job_id', 'connections.person_id', 'jobs.person_id as invoker', 'jobs.recipe_id'])
    .where('connections.parent_id', 'is not', null)
    .where((where) =>
      where.or([
        where('jobs.person_id', '!=', where.ref('connections.person_id')),
        where.and([
          where('jobs.person_id', 'is', null),
          where.or([
            where('jobs.delegator_id', 'is distinct from', where.ref('connections.person_id')),
            where.not(
              where.exists(
                where
                  .selectFrom('delegations')
                  .select('delegations.id')
                  .whereRef('delegations.connection_id', '=', 'connections.id'),
              ),
            ),
          ]),
        ]),
      ]),
    )
    .execute()
}

test('other-persons-child: whatever recipes call and name, and whoever runs them, a job uses its invoker’s connection or one delegated to it', async () => {
  let round = 0
  await fc.assert(
    fc.asyncProperty(Plan, async (plan) => {
      await carryOut(plan, `anyhow ${round++}`)
      await until(async () => {
        const unfinished = await behalf.ctx.db
          .selectFrom('jobs')
          .select('id')
          .where('finished_at', 'is', null)
          .execute()
        return unfinished.length === 0
      })
      expect(await usesOfOthers()).toEqual([])
    }),
    { numRuns: 12, seed: Number(process.env.SEED ?? 1), interruptAfterTimeLimit: 60_000 },
  )
  // The walk has come to both: persons' own connections, by themselves and by delegation.
  const used = await behalf.ctx.db
    .selectFrom('credential_uses')
    .innerJoin('jobs', 'jobs.id', 'credential_uses.job_id')
    .select(['jobs.person_id', 'jobs.delegator_id', 'credential_uses.person_id as of'])
    .execute()
  expect(used.some(({ person_id }) => person_id !== null)).toBe(true)
}, 120_000)
