import type { ConnectionId } from '../../src/core/ids.ts'
import type { Wiring } from '../../src/server/wire.ts'
import { connectAt, createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from './behalf.ts'
import { until } from './until.ts'

/** What the attacks on connecting are played on: Alice, whom they are meant for, Mallory, and one recipe whose switch is on. */
export interface Stage extends TestBehalf {
  alice: TestPerson
  /** A person of the same workspace, who is Carol Diaz at the CRM. */
  mallory: TestPerson
  parent: ConnectionId
  /** Moves the server's clock. */
  advance(ms: number): void
  /** Says the command, and answers the connect link that comes. */
  ask(person: TestPerson, opportunity: string): Promise<string>
  /** Every account that is bound to somebody here, as `Alice Ng: Alice Ng at Acme`, with a grant. */
  bound(): Promise<string[]>
  /** The details of audit events of this kind, the oldest first. */
  audit(action: string): Promise<Record<string, unknown>[]>
  /** Attempts to connect somebody's own account that were begun so far. */
  attempts(): Promise<number>
  /** Codes that were exchanged at the CRM so far, or tried to be. */
  exchanges(): number
  /** Connects Alice by this link, as is promised to the innocent; expects the record, and forgets her connection again. */
  expectAliceCanConnect(link: string, opportunity: string): Promise<void>
}

/** Starts one, with its CRM; stop it with `stop()`. */
export async function startStage(options: Pick<Wiring, 'checkpoint'> & { otherHosts?: string[] } = {}): Promise<Stage> {
  let ahead = 0
  const behalf = await startTestBehalf({ ...options, clock: () => new Date(Date.now() + ahead) })
  const alice = await behalf.addPerson('Alice Ng')
  const mallory = await behalf.addPerson('Mallory Moe')
  const parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  await behalf.addRecipe(createOpportunity(parent, true))
  const stage: Stage = Object.assign(behalf, {
    alice,
    mallory,
    parent,
    advance(ms: number) {
      ahead += ms
    },
    ask,
    bound: () => listBound(behalf),
    audit: (action: string) => listAudit(behalf, action),
    attempts: () => countAttempts(behalf),
    exchanges: () => behalf.crm.tokenRequests.authorization_code ?? 0,
    expectAliceCanConnect: (link: string, opportunity: string) => expectAliceCanConnect(stage, link, opportunity),
  })
  return stage
}

async function ask(person: TestPerson, opportunity: string): Promise<string> {
  const before = (await person.chat()).filter(({ kind }) => kind === 'ask').length
  await person.say(`create opportunity name: ${opportunity}`)
  return person.prompt(before)
}

async function listBound({ database }: TestBehalf): Promise<string[]> {
  const rows = await database.db
    .selectFrom('grants')
    .innerJoin('connections', 'connections.id', 'grants.connection_id')
    .innerJoin('persons', 'persons.id', 'connections.person_id')
    .select(['persons.name', 'account_label'])
    .orderBy('persons.name')
    .execute()
  return rows.map(({ name, account_label }) => `${name}: ${account_label}`)
}

async function listAudit({ database }: TestBehalf, action: string): Promise<Record<string, unknown>[]> {
  const rows = await database.db
    .selectFrom('audit_events')
    .select('details')
    .where('action', '=', action)
    .orderBy('id')
    .execute()
  return rows.map(({ details }) => details)
}

async function countAttempts({ database }: TestBehalf): Promise<number> {
  const rows = await database.db.selectFrom('connect_attempts').select('id').where('kind', '=', 'child').execute()
  return rows.length
}

async function expectAliceCanConnect(
  { alice, crm, bound, parent }: Stage,
  link: string,
  opportunity: string,
): Promise<void> {
  const page = await connectAt(alice, link, 'Alice Ng')
  if (!page.text().includes('Salesforce is connected')) throw new Error(`Alice was refused: ${page.text()}`)
  await until(() => crm.opportunities().find(({ name, owner }) => name === opportunity && owner === 'alice'))
  const accounts = await bound()
  if (accounts.length !== 1 || !accounts[0]?.startsWith('Alice Ng: alice@')) throw new Error(`bound: ${accounts}`)
  const { body } = await alice.api('GET', '/me/connections')
  const mine = body.data.find((each: { parent_id: string }) => each.parent_id === parent)
  await alice.api('DELETE', `/connections/${mine.connection.id}`)
}
