import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attemptRevocations } from '../../src/connections/revocations.ts'
import type { TestPerson } from '../support/behalf.ts'
import { holdAnswer } from '../support/hold-answer.ts'
import { type Granted, type RefreshStage, startRefreshStage } from '../support/refresh-stage.ts'
import { until } from '../support/until.ts'

let stage: RefreshStage
beforeAll(async () => {
  stage = await startRefreshStage()
})
afterAll(() => stage?.stop())

const isToken = ({ url }: { url: URL }) => url.pathname === '/token'

async function revocationsOf(ids: string[]): Promise<string[]> {
  const rows = await stage.database.db
    .selectFrom('revocations')
    .select('status')
    .where('connection_id', 'in', ids as Granted['connectionId'][])
    .execute()
  return rows.map(({ status }) => status)
}

const deactivate = ({ person }: Pick<Granted, 'person'>) =>
  stage.owner.api('POST', `/people/${person.person.id}/deactivate`)

describe.each<[string, (granted: Granted) => Promise<{ status: number }>, string]>([
  [
    'their person disconnects',
    ({ person, connectionId }) => person.api('POST', `/connections/${connectionId}/disconnect`),
    'disconnected',
  ],
  [
    'an administrator disconnects them',
    ({ connectionId }) => stage.owner.api('POST', `/connections/${connectionId}/disconnect`),
    'revoked',
  ],
  [
    'they are deleted',
    ({ person, connectionId }) => person.api('DELETE', `/connections/${connectionId}`),
    'never_connected',
  ],
  ['their person is deactivated', deactivate, 'revoked'],
])('a refresh during which %s', (how, cutOff, reason) => {
  test.each(['there', 'here'] as const)(
    `disconnect-during-refresh: stores nothing, revokes what it got, and says why (${how}, %s)`,
    async (where) => {
      const alice = await stage.grantTo(`R${how.replaceAll(' ', '')}${where}`)
      await stage.stale(alice, where)
      const answer = holdAnswer(stage.ctx, isToken)
      const used = stage.use(alice)
      await answer.arrived
      expect((await cutOff(alice)).status).toBeLessThan(300)
      answer.release()
      expect(await used).toBe(reason)
      expect((await stage.row(alice)).version).toBeNull()
      await until(async () => (await revocationsOf([alice.connectionId])).length === 2)
      await attemptRevocations(stage.ctx)
      await until(async () => (await revocationsOf([alice.connectionId])).every((status) => status === 'revoked'))
      expect(stage.server.liveGrantsOf(alice.account)).toBe(0)
    },
  )
})

test('disconnect-during-refresh: an orphan keeps what it had, to be revoked, and what came back is revoked', async () => {
  const other = await startRefreshStage()
  try {
    const alice = await other.grantTo('Orphan Ng')
    await other.stale(alice)
    const { version } = await other.row(alice)
    const answer = holdAnswer(other.ctx, isToken)
    const used = other.use(alice)
    await answer.arrived
    expect((await other.owner.api('DELETE', `/connections/${other.parent}`)).status).toBe(204)
    answer.release()
    expect(await used).toBe('parent_unusable')
    expect(await other.row(alice)).toMatchObject({ status: 'orphaned', version })
    await attemptRevocations(other.ctx)
    await until(() => other.server.liveGrantsOf(alice.account) === 0)
  } finally {
    await other.stop()
  }
})

describe.each<[string, (person: TestPerson) => Promise<unknown>]>([
  ['the person is deactivated', (person) => deactivate({ person })],
  ['the request is declined', (person) => decline(person)],
])('an exchange during which %s', (how, cutOff) => {
  test(`disconnect-during-exchange: stores nothing and revokes what it got (${how})`, async () => {
    const account = `x${how.replaceAll(' ', '')}`
    const person = await stage.addPerson(`${account} Ng`)
    await stage.run(person, account)
    const answer = holdAnswer(stage.ctx, isToken)
    const page = stage.connect(person, account).then(
      (done) => done.text(),
      (error) => String(error),
    )
    await answer.arrived
    expect(stage.server.liveGrantsOf(account)).toBe(1)
    await cutOff(person)
    answer.release()
    expect(await page).not.toContain('is connected')
    await until(() => stage.server.liveGrantsOf(account) === 0)
    const grants = stage.database.db
      .selectFrom('grants')
      .innerJoin('connections', 'connections.id', 'grants.connection_id')
    expect(await grants.select('id').where('person_id', '=', person.person.id).execute()).toEqual([])
  })
})

test('disconnect-during-exchange: stores nothing and revokes what it got (the parent is deleted)', async () => {
  const other = await startRefreshStage()
  try {
    const alice = await other.addPerson('Alice Ng')
    await other.run(alice, 'Deleted')
    const answer = holdAnswer(other.ctx, isToken)
    const page = other.connect(alice, 'alice').then(
      (done) => done.text(),
      (error) => String(error),
    )
    await answer.arrived
    expect((await other.owner.api('DELETE', `/connections/${other.parent}`)).status).toBe(204)
    answer.release()
    expect(await page).not.toContain('is connected')
    await until(() => other.server.liveGrantsOf('alice') === 0)
    expect(await other.database.db.selectFrom('grants').select('connection_id').execute()).toEqual([])
  } finally {
    await other.stop()
  }
})

/** In another tab. */
async function decline(person: TestPerson): Promise<void> {
  const page = await person.browser.open(await person.prompt(0))
  await page.click('Not now')
}
