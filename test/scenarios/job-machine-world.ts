import { listChatLines } from '../../src/commands/chat/chat-lines.ts'
import type { CommandsContext } from '../../src/commands/context.ts'
import type { ConnectionId, JobId, RecipeId } from '../../src/core/ids.ts'
import { actorOf } from '../../src/people/actor.ts'
import { readConfiguration } from '../../src/server/configuration.ts'
import { makeLog } from '../../src/server/log.ts'
import { type Started, startBehalf } from '../../src/server/start.ts'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { crmConnection } from '../support/recipes.ts'
import { until } from '../support/until.ts'

/** Each has another kind of step between what it does and its end. */
export const KINDS = ['two', 'ask', 'loop', 'caught', 'off'] as const
export type Kind = (typeof KINDS)[number]

/** Whose accounts they have at the CRM, in the order of the people. */
export const ACCOUNTS = ['Alice Ng', 'Bob Ortiz']

/** Where jobs are driven through all that can happen to them: people and recipes are new in each round. */
export interface World extends TestBehalf {
  parent: ConnectionId
  /** Another process, which runs no job but what it is handed. */
  another: Started
  people: TestPerson[]
  recipes: Record<Kind, RecipeId>
  /** Lets time pass for both processes. */
  advance(ms: number): void
  beginRound(): Promise<void>
  endRound(): Promise<void>
}

/** Starts it; a trigger in its database notes every status that a job or a step takes. Stop with `stop()`. */
export async function startWorld(): Promise<World> {
  let ahead = 0
  let round = 0
  const clock = () => new Date(Date.now() + ahead)
  const environment = { BEHALF_ASK_FOR_HOURS: '1' }
  const behalf = await startTestBehalf({ consentPerRecipe: true, environment, clock })
  await behalf.database.pool.query(NOTE_STATES)
  const parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Carol Diaz')
  const settings = { ...behalf.settings, BEHALF_ROLE: 'web' }
  const log = makeLog('silent')
  const another = await startBehalf(readConfiguration(settings), { log, clock, publicUrl: behalf.url })
  const { stop } = behalf
  const world: World = Object.assign(behalf, {
    parent,
    another,
    people: [],
    recipes: {} as World['recipes'],
    advance(ms: number) {
      ahead += ms
    },
    async beginRound() {
      round++
      world.people = await Promise.all(ACCOUNTS.map((name) => world.addPerson(name.replace(' ', `-${round} `))))
      world.recipes = await addRecipes(world, round)
    },
    async endRound() {
      for (const { person } of world.people) await world.owner.api('POST', `/people/${person.id}/deactivate`)
    },
    async stop() {
      await another.stop()
      await stop()
    },
  })
  return world
}

const NOTE_STATES = `
  create table seen_states (job_id text, step text, was text, now text);
  create function note_job_state() returns trigger language plpgsql as $$ begin
    insert into seen_states values (new.id, null, case when tg_op = 'UPDATE' then old.status end, new.status);
    return new;
  end $$;
  create function note_step_state() returns trigger language plpgsql as $$ begin
    insert into seen_states values (new.job_id, new.step, old.status, new.status);
    return new;
  end $$;
  create trigger note_job_state after insert or update of status on jobs for each row execute function note_job_state();
  create trigger note_step_state after update on job_steps for each row execute function note_step_state();`

const create = (name: string, mark: string, more: object = {}) => ({
  kind: 'action',
  name,
  connection: 'crm',
  action: 'create_record',
  input: {
    type: 'Opportunity',
    fields: { Name: `{{ job.id }} ${mark}`, StageName: 'Prospecting', CloseDate: '2027-01-31' },
  },
  ...more,
})
const ask = (on_timeout: 'end' | 'go_on') => ({
  kind: 'ask',
  name: 'sure',
  text: 'Really?',
  choices: [{ label: 'Yes', value: 'yes' }],
  expires_in_hours: 1,
  on_timeout,
})
const wrong = { ...create('wrong', ''), input: { type: 'Opportunity', fields: { Nonsense: 1 } } }
const reply = { kind: 'reply', name: 'answer', text: 'Done.' }

async function addRecipes(world: World, round: number): Promise<Record<Kind, RecipeId>> {
  const add = (kind: string, steps: object[], more: object = {}) => {
    const trigger = { kind: 'command', command: `${kind} r${round}` }
    const connections = crmConnection(world.parent, kind !== 'off')
    return world.addRecipe({ name: `${kind} ${round}`, trigger, connections, steps, ...more })
  }
  const turn = await add('turn', [create('make', '{{ trigger.n }}', { after_crash: 'run_again' }), ask('end')], {
    trigger: { kind: 'function', input: { type: 'object', properties: { n: {} }, required: ['n'] } },
  })
  const call = { kind: 'call', name: 'turn', recipe_id: turn, input: { n: '{{ loops.each.item }}' } }
  const each = { kind: 'for_each', name: 'each', items: [1, 2], steps: [call] }
  const attempt = { kind: 'handle_errors', name: 'attempt', steps: [create('make', 'a'), wrong] }
  return {
    two: await add('two', [create('first', 'a'), create('second', 'b'), reply]),
    ask: await add('ask', [create('first', 'a'), ask('end'), create('second', 'b'), reply]),
    loop: await add('loop', [each, reply], { connections: {} }),
    caught: await add('caught', [{ ...attempt, on_error: [create('instead', 'b')] }, reply]),
    off: await add('off', [ask('go_on'), create('make', 'a'), reply]),
  }
}

/** Waits until nothing of this round is under way. */
export async function settle({ database: { pool }, people }: World): Promise<void> {
  const ids = people.map(({ person }) => person.id)
  await until(async () => {
    const { rows } = await pool.query(
      `select from jobs where person_id = any($1) and status in ('queued', 'running')
       union all select from outbox where person_id = any($1) and status = 'pending'`,
      [ids],
    )
    return rows.length === 0
  })
}

/** How often each job of this round has done what, at the CRM: `a`, `b`. */
export function madeBy({ crm }: World, job: JobId): string[] {
  const own = crm.opportunities().filter(({ name }) => name.startsWith(`${job} `))
  return own.map(({ name }) => name.slice(job.length + 1))
}

/** What the person of a job was told at its end, where they ran it. */
export async function repliesTo(ctx: CommandsContext, { person }: TestPerson, job: JobId): Promise<string[]> {
  const lines = await listChatLines(ctx, actorOf(person))
  return lines.flatMap(({ jobId, kind, message }) => (jobId === job && kind === 'reply' ? [message.text] : []))
}
