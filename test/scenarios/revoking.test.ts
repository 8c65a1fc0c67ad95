import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type GitHub, startGitHub } from '../../demo/github.ts'
import { eraseUnneededClients } from '../../src/connections/kept-clients.ts'
import { attemptRevocations } from '../../src/connections/revocations.ts'
import type { ConnectionId } from '../../src/core/ids.ts'
import { type AuthorizationServer, startAuthorizationServer } from '../support/authorization-server.ts'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { openBrowser } from '../support/browser.ts'
import { addParent, startThingsStage, type ThingsStage } from '../support/things-stage.ts'
import { until } from '../support/until.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('an application with RFC 7009, checked there', () => {
  let stage: ThingsStage
  let elsewhere: AuthorizationServer
  let alice: TestPerson
  beforeAll(async () => {
    stage = await startThingsStage()
    elsewhere = await startAuthorizationServer()
  })
  afterAll(async () => {
    await stage.stop()
    await elsewhere.stop()
  })
  let round = 0
  beforeEach(async () => {
    round += 1
    alice = await stage.addPerson(`Alice${round} Ng`)
    await stage.run(alice, `Before ${round}`)
    await stage.connect(alice, account())
    expect(stage.server.liveGrantsOf(account())).toBe(1)
  })
  const account = () => `alice${round}`
  const disconnect = async () => {
    const { id } = await stage.childOf(alice)
    expect((await alice.api('POST', `/connections/${id}/disconnect`)).status).toBe(204)
    return id as ConnectionId
  }
  const revocationOf = (id: ConnectionId) =>
    stage.database.db.selectFrom('revocations').selectAll().where('connection_id', '=', id).executeTakeFirstOrThrow()
  const tryNow = () => attemptRevocations(stage.ctx)

  test('P12: what is disconnected is revoked there, tried again while the application is down, and the outcome is shown', async () => {
    stage.server.failNext('revoke', 1, 503)
    const id = await disconnect()
    expect(await stage.childOf(alice)).toMatchObject({
      revocation: { status: 'pending', outcome: expect.stringContaining('Not yet: ') },
    })
    expect(stage.server.liveGrantsOf(account())).toBe(1)
    stage.advance(31_000)
    await tryNow()
    await until(async () => (await stage.childOf(alice)).revocation?.status === 'revoked')
    expect(stage.server.liveGrantsOf(account())).toBe(0)
    expect((await revocationOf(id)).sealed).toBeNull()
  })

  test('P12: tries again at growing intervals for a day, then gives up visibly and forgets the tokens', async () => {
    stage.server.failNext('revoke', 1, 503)
    const id = await disconnect()
    const pauses: number[] = []
    for (let tried = await revocationOf(id); tried.status === 'pending'; tried = await revocationOf(id)) {
      pauses.push(Math.round((tried.next_at.getTime() - stage.ctx.clock().getTime()) / 1000))
      stage.server.failNext('revoke', 1, 503)
      stage.advance(tried.next_at.getTime() - stage.ctx.clock().getTime() + 10)
      const { attempts } = tried
      await tryNow()
      await until(async () => (await revocationOf(id)).attempts > attempts)
      await until(async () => (await revocationOf(id)).outcome !== null)
    }
    expect(pauses.slice(0, 4).map((pause) => Math.round(pause / 30))).toEqual([1, 2, 4, 8])
    expect(Math.max(...pauses)).toBeLessThanOrEqual(64 * 60)
    const over = await revocationOf(id)
    expect(over.outcome).toContain('Given up after a day')
    expect(over.sealed).toBeNull()
    expect(over.attempts).toBeGreaterThan(20)
    const { revocation } = await stage.childOf(alice)
    expect(revocation?.status).toBe('failed')
  }, 60_000)

  test('sends nothing to where a parent was moved since: the access is revoked where it was given', async () => {
    const settings = { url: elsewhere.url }
    expect((await stage.owner.api('PATCH', `/connections/${stage.parent}`, { settings })).status).toBe(204)
    await disconnect()
    expect(await stage.childOf(alice)).toMatchObject({ revocation: { status: 'revoked' } })
    expect(stage.server.liveGrantsOf(account())).toBe(0)
    expect(elsewhere.uses).toEqual([])
    expect(elsewhere.revocations).toBe(0)
    // The old settings and client are forgotten once nothing given under them is left.
    const former = () => stage.database.db.selectFrom('former_clients').select('connection_id').execute()
    expect(await former()).toHaveLength(1)
    stage.advance(11 * MINUTE)
    await eraseUnneededClients(stage.ctx)
    expect(await former()).toHaveLength(0)
    await stage.owner.api('PATCH', `/connections/${stage.parent}`, { settings: { url: stage.server.url } })
  })

  test('keeps the client of a deleted parent, sealed, until its last orphan is revoked, then forgets it', async () => {
    const { id } = await stage.childOf(alice)
    expect((await stage.owner.api('DELETE', `/connections/${stage.parent}`)).status).toBe(204)
    const client = async () => {
      const columns = stage.database.db.selectFrom('connections').select(['sealed_client', 'settings'])
      return columns.where('id', '=', stage.parent).executeTakeFirstOrThrow()
    }
    const erase = async () => {
      stage.advance(HOUR)
      await eraseUnneededClients(stage.ctx)
    }
    await erase()
    expect((await client()).sealed_client).not.toBeNull()
    stage.server.failNext('revoke', 1, 503)
    expect((await alice.api('DELETE', `/connections/${id}`)).status).toBe(204)
    await erase()
    expect((await client()).sealed_client).not.toBeNull()
    await tryNow()
    await until(async () => (await revocationOf(id as ConnectionId)).status === 'revoked')
    expect(stage.server.liveGrantsOf(account())).toBe(0)
    await erase()
    await until(async () => (await client()).sealed_client === null)
    expect((await client()).settings).toEqual({})
  })
})

describe('an application where revoking one grant ends all of an account', () => {
  let behalf: TestBehalf
  let github: GitHub
  let alice: TestPerson
  let parents: ConnectionId[]
  const client = { client_id: 'behalf', client_secret: 'a-secret-of-the-github-client' }
  beforeAll(async () => {
    github = await startGitHub({ client: { ...client, name: 'Behalf', redirect_uris: [] } })
    behalf = await startTestBehalf({ otherHosts: [new URL(github.url).host] })
    alice = await behalf.addPerson('Alice Ng')
    parents = [await newParent('Code'), await newParent('Bugs')]
  })
  afterAll(async () => {
    await behalf.stop()
    await github.stop()
  })
  beforeEach(async () => {
    for (const parent of parents) if ((await mine(parent))?.status !== 'connected') await connect(parent)
  })

  async function newParent(name: string) {
    const settings = { host: github.url, api_path: '/' }
    const parent = await addParent(behalf, { name, connector: 'github', settings, ...client })
    github.addRedirectUri(new URL(`/connect/callback/${parent}`, behalf.url).href)
    await behalf.addRecipe(report(parent, name))
    return parent
  }
  async function connect(parent: ConnectionId) {
    const { body } = await alice.api('POST', `/me/connections/${parent}/connect`)
    const page = await (await (await alice.browser.open(body.data.url)).click('Connect GitHub')).click('alice')
    expect(page.text()).toContain('is connected')
  }
  async function signInAsOwner(parent: ConnectionId, account: string) {
    const { body } = await behalf.owner.api('POST', `/connections/${parent}/connect`)
    await (await openBrowser(behalf.owner.browser.jar).open(body.data.url)).click(account)
  }
  async function mine(parent: ConnectionId) {
    const { body } = await alice.api('GET', '/me/connections')
    return body.data.find((each: { parent_id: string }) => each.parent_id === parent)?.connection
  }
  const disconnect = async (parent: ConnectionId) =>
    alice.api('POST', `/connections/${(await mine(parent)).id}/disconnect`)
  const outcomes = async () => (await Promise.all(parents.map(mine))).map(({ revocation }) => revocation.status).sort()
  const works = async (name: string) => {
    const { body } = await alice.api('GET', '/me/recipes')
    const { id } = body.data.find((each: { name: string }) => each.name === name)
    return (await alice.api('POST', `/recipes/${id}/run`, { input: { title: 'Still there' }, wait_seconds: 20 })).body
      .data
  }

  test('P12: a grant is kept while another one of the same account is in use, and the reason is shown', async () => {
    const [code, bugs] = parents as [ConnectionId, ConnectionId]
    expect((await disconnect(code)).status).toBe(204)
    expect(await mine(code)).toMatchObject({
      status: 'disconnected',
      revocation: { status: 'kept', outcome: expect.stringContaining('still connected under “Bugs”') },
    })
    expect(await works('Bugs')).toMatchObject({ status: 'succeeded' })
    const tokens = behalf.database.db.selectFrom('revocations').select('sealed').where('sealed', 'is not', null)
    expect(await tokens.execute()).toEqual([])
    expect((await disconnect(bugs)).status).toBe(204)
    expect((await mine(bugs)).revocation).toMatchObject({ status: 'revoked' })
    expect(await github.revokeTokensOf('alice')).toBe(0)
  })

  test('of the last two that are cut off at once at most one is kept, and nothing is left there', async () => {
    for (let round = 0; round < 5; round++) {
      await Promise.all(parents.map(disconnect))
      expect([
        ['kept', 'revoked'],
        ['revoked', 'revoked'],
      ]).toContainEqual(await outcomes())
      expect(await github.revokeTokensOf('alice')).toBe(0)
      for (const parent of parents) await connect(parent)
    }
  })

  test('the grant that a new sign-in takes the place of is kept, for the new one is of the same account', async () => {
    const [code] = parents as [ConnectionId]
    for (const _ of [1, 2]) await signInAsOwner(code, 'bob')
    const last = behalf.database.db.selectFrom('revocations').select('status').where('connection_id', '=', code)
    expect(await last.execute()).toEqual([{ status: 'kept' }])
    const shown = await behalf.owner.api('GET', `/connections/${code}`)
    expect(shown.body.data).toMatchObject({ authorization_status: 'success', account: { label: 'bob' } })
    expect(await github.revokeTokensOf('bob')).toBe(2)
  })

  test('a grant that waits for its person to say whether they mean that account counts as in use', async () => {
    const [code, bugs] = parents as [ConnectionId, ConnectionId]
    await signInAsOwner(code, 'bob')
    await disconnect(bugs)
    const { body } = await alice.api('POST', `/me/connections/${bugs}/connect`)
    const asked = await (await (await alice.browser.open(body.data.url)).click('Connect GitHub')).click('bob')
    expect(asked.text()).toContain('Another account than before')
    expect((await behalf.owner.api('POST', `/connections/${code}/disconnect`)).status).toBe(204)
    const last = behalf.database.db.selectFrom('revocations').select(['status', 'outcome'])
    expect(await last.where('connection_id', '=', code).orderBy('id', 'desc').executeTakeFirst()).toEqual({
      status: 'kept',
      outcome: expect.stringContaining('just being connected under “Bugs”'),
    })
    await asked.click('Use bob instead')
    expect(await works('Bugs')).toMatchObject({ status: 'succeeded' })
    await alice.api('DELETE', `/connections/${(await mine(bugs)).id}`)
    expect(await github.revokeTokensOf('bob')).toBe(0)
  })

  test('what somebody else signed in with, and is refused, does not end the access of whose account it is', async () => {
    const mallory = await behalf.addPerson('Mallory Moe')
    const [code] = parents as [ConnectionId]
    const { body } = await mallory.api('POST', `/me/connections/${code}/connect`)
    const page = await (await (await mallory.browser.open(body.data.url)).click('Connect GitHub')).click('alice')
    expect(page.text()).not.toContain('is connected')
    expect(await works('Code')).toMatchObject({ status: 'succeeded' })
  })
})

function report(connectionId: string, name: string): object {
  return {
    name,
    trigger: {
      kind: 'command',
      command: `report ${name.toLowerCase()}`,
      parameters: [{ name: 'title', type: 'text' }],
    },
    connections: { code: { connector: 'github', connection_id: connectionId, personal: true } },
    steps: [
      {
        kind: 'action',
        name: 'report',
        connection: 'code',
        action: 'create_issue',
        input: { repository: 'acme/website', title: '{{ trigger.title }}' },
      },
    ],
  }
}
