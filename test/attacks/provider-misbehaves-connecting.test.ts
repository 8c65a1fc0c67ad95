import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attemptRevocations } from '../../src/connections/revocations.ts'
import { type Granted, type RefreshStage, startRefreshStage } from '../support/refresh-stage.ts'
import { until } from '../support/until.ts'

let stage: RefreshStage
beforeAll(async () => {
  stage = await startRefreshStage()
})
afterAll(() => stage?.stop())

type Place = 'token' | 'me' | 'revoke'
const fails =
  (status: number, headers: Record<string, string> = {}) =>
  (place: Place) =>
    stage.server.failNext(place, 1, status, headers)
const TROUBLES: [string, (place: Place) => void][] = [
  ['fails', fails(500)],
  ['is down for so long', fails(503, { 'retry-after': '7' })],
  ['limits us', fails(429)],
  ['sends us round in a circle', fails(302, { location: '/' })],
  ['refuses us', fails(401)],
  ['is closed to us', fails(403)],
  ['is not there', fails(404)],
  ['hangs up', (place) => stage.server.dropNextResponse(place)],
]
let people = 0

describe.each(TROUBLES)('provider-misbehaves: a person connects, and an endpoint %s', (_, order) => {
  test.each(['token', 'me'] as const)(
    'provider-misbehaves: at /%s nothing is stored, nothing is left there',
    async (place) => {
      const account = `m${people++}`
      const person = await stage.addPerson(account)
      await stage.run(person, account)
      order(place)
      const page = (await stage.connect(person, account)).text()
      expect(page).not.toContain('is connected')
      const grants = stage.database.db.selectFrom('grants').innerJoin('connections', 'connections.id', 'connection_id')
      expect(await grants.select('id').where('person_id', '=', person.person.id).execute()).toEqual([])
      // Where the answer that held the tokens never came, nobody here can end them.
      if (place === 'me') await until(() => stage.server.liveGrantsOf(account) === 0)
      // Nothing stands in the way of another try.
      expect((await stage.connect(person, account)).text()).toContain('is connected')
    },
  )
})

test.each(TROUBLES)(
  'provider-misbehaves: a revocation endpoint that %s is asked again, and the person is cut off meanwhile',
  async (_, order) => {
    const alice = await stage.grantTo(`m${people++}`)
    order('revoke')
    expect((await alice.person.api('POST', `/connections/${alice.connectionId}/disconnect`)).status).toBe(204)
    expect(await stage.use(alice)).toBe('disconnected')
    await until(async () => (await revocationOf(alice)).attempts > 0)
    await until(async () => {
      stage.advance(60_000)
      await attemptRevocations(stage.ctx)
      return (await revocationOf(alice)).status === 'revoked'
    })
    expect(stage.server.liveGrantsOf(alice.account)).toBe(0)
  },
)

const revocationOf = ({ connectionId }: Granted) =>
  stage.database.db
    .selectFrom('revocations')
    .select(['status', 'attempts'])
    .where('connection_id', '=', connectionId)
    .executeTakeFirstOrThrow()
