import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GitHub, startGitHub } from '../../demo/github.ts'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { addParent, childOf, countPrompts, run, startThingsStage, type ThingsStage } from '../support/things-stage.ts'
import { until } from '../support/until.ts'

const replyOf = (person: TestPerson, text: string) =>
  until(async () => (await person.chat()).find((line) => line.kind === 'reply' && line.text === text))

describe('a plain authorization server, whose refresh tokens rotate', () => {
  let stage: ThingsStage
  let alice: TestPerson
  beforeAll(async () => {
    stage = await startThingsStage()
    alice = await stage.addPerson('Alice Ng')
    await stage.run(alice, 'Zeroth')
    await stage.connect(alice, 'alice')
    await replyOf(alice, 'Put Zeroth.')
  })
  afterAll(() => stage.stop())

  const put = () => stage.server.things.map(({ account, thing }) => `${(thing as { name: string }).name}: ${account}`)
  const refreshes = () => stage.server.tokenRequests.refresh_token ?? 0

  test('asks, connects, and goes on as the person', async () => {
    const bob = await stage.addPerson('Bob Ortiz')
    const refreshed = refreshes()
    expect(await stage.run(bob, 'First')).toMatchObject({ status: 'waiting_for_connection' })
    const page = await stage.connect(bob, 'bob')
    expect(page.text()).toContain('Things is connected')
    expect(page.text()).toContain('bob@acme.test')
    await replyOf(bob, 'Put First.')
    expect(await stage.run(bob, 'Second')).toMatchObject({ status: 'succeeded' })
    expect(put().slice(-2)).toEqual(['First: bob', 'Second: bob'])
    expect(await stage.prompts(bob)).toBe(1)
    expect(refreshes()).toBe(refreshed)
  })

  test('renews a token that was refused, each time with the newest refresh token', async () => {
    const [refreshed, asked] = [refreshes(), await stage.prompts(alice)]
    for (const round of [1, 2, 3]) {
      stage.server.expireAccessTokens()
      expect(await stage.run(alice, `Round ${round}`)).toMatchObject({ status: 'succeeded' })
      expect(refreshes()).toBe(refreshed + round)
    }
    expect(put().slice(-3)).toEqual(['Round 1: alice', 'Round 2: alice', 'Round 3: alice'])
    expect(await stage.prompts(alice)).toBe(asked)
  })

  test('renews a token before it ends, so that no request is refused', async () => {
    const [refreshed, refused] = [refreshes(), stage.server.uses.filter(({ account }) => account === null).length]
    stage.advance(280_000)
    expect(await stage.run(alice, 'In time')).toMatchObject({ status: 'succeeded' })
    expect(refreshes()).toBe(refreshed + 1)
    expect(stage.server.uses.filter(({ account }) => account === null)).toHaveLength(refused)
  })

  test('asks again when an answer was lost, the old refresh token was used twice, and the family ended', async () => {
    const [{ id }, asked] = [await stage.childOf(alice), await stage.prompts(alice)]
    stage.server.dropNextResponse('token')
    stage.advance(310_000)
    const job = await stage.run(alice, 'Revived')
    expect(job).toMatchObject({ status: 'waiting_for_connection' })
    expect(stage.server.liveGrantsOf('alice')).toBe(0)
    expect(await stage.childOf(alice)).toMatchObject({ id, status: 'lost' })
    expect(await stage.prompts(alice)).toBe(asked + 1)
    await stage.connect(alice, 'alice')
    await replyOf(alice, 'Put Revived.')
    expect(put().filter((each) => each === 'Revived: alice')).toHaveLength(1)
    expect(await stage.childOf(alice)).toMatchObject({ id, status: 'connected' })
  })

  test('ends the grant there when it is disconnected here, and asks again', async () => {
    const { id } = await stage.childOf(alice)
    expect(stage.server.liveGrantsOf('alice')).toBe(1)
    expect((await alice.api('POST', `/connections/${id}/disconnect`)).status).toBe(204)
    expect(stage.server.liveGrantsOf('alice')).toBe(0)
    expect(await stage.childOf(alice)).toMatchObject({ status: 'disconnected', revocation: { status: 'revoked' } })
    expect(await stage.run(alice, 'Cut off')).toMatchObject({ status: 'waiting_for_connection' })
    expect(put()).not.toContain('Cut off: alice')
  })

  test('does not connect somebody who refuses there, and lets them think again', async () => {
    const carol = await stage.addPerson('Carol Diaz')
    await stage.run(carol, 'Thought over')
    const page = await stage.connect(carol, 'deny')
    expect(page.text()).toContain('You did not give access')
    expect(stage.server.liveGrantsOf('deny')).toBe(0)
    await stage.connect(carol, 'carol')
    await replyOf(carol, 'Put Thought over.')
  })
})

describe('GitHub, which does not refresh, and revokes by a call of its own', () => {
  let behalf: TestBehalf
  let github: GitHub
  let alice: TestPerson
  let bob: TestPerson
  beforeAll(async () => {
    const client = { client_id: 'behalf', client_secret: 'a-secret-of-the-github-client' }
    github = await startGitHub({ client: { ...client, name: 'Behalf', redirect_uris: [] } })
    behalf = await startTestBehalf({ otherHosts: [new URL(github.url).host] })
    alice = await behalf.addPerson('Alice Ng')
    bob = await behalf.addPerson('Bob Ortiz')
    const settings = { host: github.url, api_path: '/' }
    const parent = await addParent(behalf, { name: 'GitHub', connector: 'github', settings, ...client })
    github.addRedirectUri(new URL(`/connect/callback/${parent}`, behalf.url).href)
    await behalf.addRecipe(reportBug(parent))
    await run(alice, 'report bug title: Blank page')
    await connect(alice, 'alice')
    await authorOf(alice, 'Blank page')
  })
  afterAll(async () => {
    await behalf.stop()
    await github.stop()
  })

  async function connect(person: TestPerson, login: string) {
    const page = await person.browser.open(await person.prompt((await countPrompts(person)) - 1))
    return (await page.click('Connect GitHub')).click(login)
  }
  const issuesBy = (login: string) =>
    github.requests.filter(({ method, person, status }) => method === 'POST' && person === login && status === 201)
  const authorOf = async (person: TestPerson, title: string) =>
    (await replyOf(person, `Reported ${title}.`)).fields.find(({ name }) => name === 'Author')?.value

  test('asks, connects, and opens the issue as the person, whose name the reply says', async () => {
    expect(await run(bob, 'report bug title: Dead link')).toMatchObject({ status: 'waiting_for_connection' })
    expect((await connect(bob, 'bob')).text()).toContain('GitHub is connected')
    expect(await authorOf(bob, 'Dead link')).toBe('bob')
    expect(await run(alice, 'report bug title: Once more')).toMatchObject({ status: 'succeeded' })
    expect(await authorOf(alice, 'Once more')).toBe('alice')
    expect([issuesBy('alice').length, issuesBy('bob').length]).toEqual([2, 1])
  })

  test('asks again when the token was ended there, and opens the issue once', async () => {
    const before = issuesBy('alice').length
    await github.revokeTokensOf('alice')
    expect(await run(alice, 'report bug title: Ended')).toMatchObject({ status: 'waiting_for_connection' })
    expect(await childOf(alice)).toMatchObject({ status: 'lost' })
    await connect(alice, 'alice')
    expect(await authorOf(alice, 'Ended')).toBe('alice')
    expect(issuesBy('alice')).toHaveLength(before + 1)
  })

  test('ends the access there when it is disconnected here, and sends nothing any more', async () => {
    const carol = await behalf.addPerson('Carol Diaz')
    await run(carol, 'report bug title: Typing error')
    await connect(carol, 'carol')
    await authorOf(carol, 'Typing error')
    const { id } = await childOf(carol)
    expect((await carol.api('POST', `/connections/${id}/disconnect`)).status).toBe(204)
    const { status, revocation } = await childOf(carol)
    expect(status).toBe('disconnected')
    expect(revocation).toEqual({ status: 'revoked', outcome: 'Revoked at the application.' })
    // Nothing of hers was left to end.
    expect(await github.revokeTokensOf('carol')).toBe(0)
    expect(await run(carol, 'report bug title: Cut off')).toMatchObject({ status: 'waiting_for_connection' })
    expect(issuesBy('carol')).toHaveLength(1)
  })
})

function reportBug(connectionId: string): object {
  return {
    name: 'Report bug',
    trigger: { kind: 'command', command: 'report bug', parameters: [{ name: 'title', type: 'text' }] },
    connections: { code: { connector: 'github', connection_id: connectionId, personal: true } },
    steps: [
      {
        kind: 'action',
        name: 'open',
        connection: 'code',
        action: 'create_issue',
        input: { repository: 'acme/website', title: '{{ trigger.title }}' },
      },
      {
        kind: 'reply',
        name: 'answer',
        text: 'Reported {{ trigger.title }}.',
        fields: [{ name: 'Author', value: '{{ steps.open.author }}' }],
      },
    ],
  }
}
