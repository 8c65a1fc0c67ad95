import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { setPassword } from '../../src/people/passwords.ts'
import { startSession } from '../../src/people/sessions.ts'
import { connectAt, createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { openBrowser } from '../support/browser.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let owner: TestPerson
beforeAll(async () => {
  behalf = await startTestBehalf()
  owner = behalf.owner
}, 60_000)
afterAll(() => behalf?.stop())

const signIn = async (email: string, password: string) => {
  const page = await openBrowser().open(new URL('/sign-in?next=/my/jobs', behalf.url))
  return page.submit({ email, password })
}
const actionsOn = async (id: string) =>
  (await owner.api('GET', `/audit_events?target_id=${id}`)).body.data.map(({ action }: { action: string }) => action)

describe('people', () => {
  test('are added with a password that is made for them and shown once, and choose their own with it', async () => {
    const { status, body } = await owner.api('POST', '/people', { name: 'Nina New', email: 'Nina@acme.test' })
    expect(status).toBe(201)
    expect(body.data).toMatchObject({ name: 'Nina New', email: 'Nina@acme.test', role: 'member', status: 'active' })
    expect(body.data.initial_password).toMatch(/^([2-9a-z]{4}-){4}[2-9a-z]{4}$/)
    const email = 'nina@acme.test'
    const first = body.data.initial_password
    const page = await signIn(email, first)
    expect([page.status, page.text()]).toEqual([403, expect.stringContaining('Choose your password')])
    expect((await page.submit({ email, password: first, new_password: first })).status).toBe(422)
    const own = { new_password: 'nina alone knows this' }
    expect((await page.submit({ email, password: 'not what she was given', ...own })).status).toBe(401)
    const inside = await page.submit({ email, password: first, ...own })
    expect(inside.url).toContain('/my/jobs')
    expect((await signIn(email, first)).status).toBe(401)
    expect((await signIn(email, own.new_password)).url).toContain('/my/jobs')
    expect(await actionsOn(body.data.id)).toEqual([
      'person.signed_in',
      'person.sign_in_failed',
      'person.signed_in',
      'person.password_changed',
      'person.sign_in_failed',
      'person.created',
    ])
    const list = await owner.api('GET', '/people')
    expect(JSON.stringify(list.body)).not.toContain('password')
  })

  test('are added with a password of the administrator’s choice, which is not told back', async () => {
    const person = { name: 'Oscar Old', email: 'oscar@acme.test', role: 'operator', password: 'chosen by the admin' }
    const { body } = await owner.api('POST', '/people', person)
    expect(body.data).toMatchObject({ role: 'operator', initial_password: null })
    expect((await signIn('oscar@acme.test', 'chosen by the admin')).text()).toContain('Choose your password')
    const refused = await owner.api('POST', '/people', { ...person, email: 'o2@acme.test', password: 'short' })
    expect([refused.status, refused.body.error.code]).toEqual([422, 'weak_password'])
  })

  test('are renamed and given another role, within the rights of who does it', async () => {
    const admin = await behalf.addPerson('Ada Admin', 'admin')
    const { person } = await behalf.addPerson('Max Member')
    const changed = await admin.api('PATCH', `/people/${person.id}`, { name: 'Max Operator', role: 'operator' })
    expect(changed.body.data).toMatchObject({ name: 'Max Operator', role: 'operator' })
    expect(await actionsOn(person.id)).toEqual(['person.role_changed', 'person.renamed'])
    const crown = await admin.api('PATCH', `/people/${person.id}`, { role: 'owner' })
    expect([crown.status, crown.body.error.code]).toEqual([403, 'role_refused'])
    const unmake = await admin.api('PATCH', `/people/${owner.person.id}`, { role: 'member' })
    expect([unmake.status, unmake.body.error.code]).toEqual([403, 'role_refused'])
  })

  test('keep at least one owner', async () => {
    const step = await owner.api('PATCH', `/people/${owner.person.id}`, { role: 'admin' })
    expect([step.status, step.body.error.code]).toEqual([409, 'last_owner'])
    const leave = await owner.api('POST', `/people/${owner.person.id}/deactivate`)
    expect([leave.status, leave.body.error.code]).toEqual([409, 'last_owner'])
  })
})

describe('a deactivated person', () => {
  let alice: TestPerson
  let parent: ConnectionId
  let recipe: RecipeId
  let other: RecipeId

  beforeAll(async () => {
    alice = await behalf.addPerson('Alice Ng')
    parent = await behalf.addCrmParent()
    await behalf.connectParent(parent, 'Bob Ortiz')
    recipe = await behalf.addRecipe(createOpportunity(parent, true))
    const second = await behalf.addCrmParent('Second Salesforce')
    await behalf.connectParent(second, 'Bob Ortiz')
    const trigger = { kind: 'command', command: 'second opportunity', parameters: [{ name: 'name', type: 'text' }] }
    other = await behalf.addRecipe({
      ...createOpportunity(second, true),
      trigger,
      steps: [
        {
          kind: 'action',
          name: 'find',
          connection: 'crm',
          action: 'run_soql',
          input: { query: 'select Id from Account' },
        },
      ],
    })
    await alice.say('create opportunity name: First')
    await connectAt(alice, await alice.prompt(), 'Alice Ng')
    await until(() => behalf.crm.opportunities().some(({ name }) => name === 'First'))
  }, 60_000)

  test('is shut out at once: sessions and connections end, waiting jobs are cancelled, grants are revoked', async () => {
    await alice.say('second opportunity name: Waits')
    const waiting = await until(
      async () => (await owner.api('GET', `/jobs?recipe_id=${other}&status=waiting_for_connection`)).body.data[0],
    )
    const grants = behalf.crm.liveGrantsOf('alice')
    expect(grants).toBeGreaterThan(0)

    const { status, body } = await owner.api('POST', `/people/${alice.person.id}/deactivate`)
    expect([status, body.data.status]).toEqual([200, 'deactivated'])
    expect((await alice.api('GET', '/session')).status).toBe(401)
    const children = await owner.api('GET', `/connections/runtime_user_connections?person_id=${alice.person.id}`)
    expect(children.body.data).toEqual([
      expect.objectContaining({
        parent_id: parent,
        status: 'disconnected',
        connection_lost_reason: 'Disconnected by an administrator.',
        revocation: { status: 'revoked', outcome: 'Revoked at the application.' },
      }),
    ])
    expect(behalf.crm.liveGrantsOf('alice')).toBe(grants - 1)
    const job = await owner.api('GET', `/jobs/${waiting.id}`)
    expect(job.body.data).toMatchObject({ status: 'cancelled', error_code: 'person_deactivated', waits: [] })
    expect(await actionsOn(alice.person.id)).toEqual(['person.access_revoked', 'person.deactivated'])
    const revocations = { pending: 0, revoked: 1, kept: 0, unsupported: 0, failed: 0 }
    expect(body.data.ended).toMatchObject({ connections: 1, jobs: 1, revocations })
    const after = await owner.api('GET', `/people/${alice.person.id}/connections`)
    expect(after.body.data).toMatchObject({ person: { status: 'deactivated' }, revocations })
    expect(after.body.data.connections).toEqual(children.body.data)
  })

  test('gets no connection back by being reactivated, but is asked anew', async () => {
    const { body } = await owner.api('POST', `/people/${alice.person.id}/reactivate`)
    expect(body.data.status).toBe('active')
    const { token } = await startSession(behalf.ctx.db, { personId: alice.person.id, userAgent: null, now: new Date() })
    alice.browser.jar.set(behalf.url.href, 'behalf', token)
    const run = await alice.api('POST', `/recipes/${recipe}/run`, { input: { name: 'Second' }, wait_seconds: 5 })
    expect(run.body.data).toMatchObject({ status: 'waiting_for_connection', waits: [{ connection_id: parent }] })
    expect(run.body.data.connect_url).toContain('/connect/v/')
    expect(await actionsOn(alice.person.id)).toEqual([
      'person.reactivated',
      'person.access_revoked',
      'person.deactivated',
    ])
  })
})

describe('my account', () => {
  const password = 'the first password of Carla'
  let carla: TestPerson
  beforeAll(async () => {
    carla = await behalf.addPerson('Carla Cruz')
    const { workspaceId, id: personId } = carla.person
    await setPassword(behalf.ctx.db, { workspaceId, personId, password, now: new Date() })
    const { token } = await startSession(behalf.ctx.db, { personId, userAgent: 'Firefox', now: new Date() })
    carla.browser.jar.set(behalf.url.href, 'behalf', token)
  })

  test('tells who I am, where, and what I may do', async () => {
    const { body } = await carla.api('GET', '/session')
    expect(body.data).toMatchObject({
      person: { id: carla.person.id, role: 'member' },
      workspace: { name: 'Acme' },
      privileges: ['recipes.run'],
      public_url: behalf.url.origin,
    })
  })

  test('changes my password when I know the present one, and ends my other sessions', async () => {
    const elsewhere = await startSession(behalf.ctx.db, {
      personId: carla.person.id,
      userAgent: 'Lost',
      now: new Date(),
    })
    const wrong = { current_password: 'not it at all', new_password: 'a much better password' }
    const refused = await carla.api('POST', '/me/password', wrong)
    expect([refused.status, refused.body.error.code]).toEqual([403, 'current_password_wrong'])
    const sessions = await carla.api('GET', '/me/sessions')
    expect(sessions.body.data.map(({ user_agent, current }: Record<string, unknown>) => [user_agent, current])).toEqual(
      expect.arrayContaining([
        ['Lost', false],
        ['Firefox', true],
      ]),
    )
    const changed = await carla.api('POST', '/me/password', { ...wrong, current_password: password })
    expect(changed.status).toBe(204)
    const left = await carla.api('GET', '/me/sessions')
    expect(left.body.data.map(({ id }: { id: string }) => id)).not.toContain(elsewhere.session.id)
    expect((await signIn('carla@acme.test', password)).status).toBe(401)
    expect((await signIn('carla@acme.test', wrong.new_password)).url).toContain('/my/jobs')
  })

  test('lets a stolen session find the password out in ten tries, no more', async () => {
    const guess = (n: number) =>
      carla.api('POST', '/me/password', { current_password: `guess number ${n}`, new_password: 'mine from now on' })
    const codes = []
    for (let n = 0; n < 11; n++) codes.push((await guess(n)).body.error.code)
    expect(codes.at(-1)).toBe('too_many_attempts')
    expect(codes.filter((code) => code === 'current_password_wrong').length).toBeLessThanOrEqual(10)
  })

  test('ends one of my sessions, never another person’s', async () => {
    const own = await startSession(behalf.ctx.db, { personId: carla.person.id, userAgent: null, now: new Date() })
    const foreign = await startSession(behalf.ctx.db, { personId: owner.person.id, userAgent: null, now: new Date() })
    expect((await carla.api('DELETE', `/me/sessions/${own.session.id}`)).status).toBe(204)
    const refused = await carla.api('DELETE', `/me/sessions/${foreign.session.id}`)
    expect([refused.status, refused.body.error.code]).toEqual([404, 'session_not_found'])
    expect((await owner.api('GET', '/session')).status).toBe(200)
  })

  test('signs me out for good, not only in this browser', async () => {
    const { token } = await startSession(behalf.ctx.db, { personId: carla.person.id, userAgent: null, now: new Date() })
    carla.browser.jar.set(behalf.url.href, 'behalf', token)
    expect((await carla.api('POST', '/session/sign_out')).status).toBe(204)
    expect(carla.browser.jar.get(behalf.url, 'behalf')).toBeUndefined()
    carla.browser.jar.set(behalf.url.href, 'behalf', token)
    expect((await carla.api('GET', '/session')).status).toBe(401)
  })
})

describe('groups, projects and keys', () => {
  test('a group is made, renamed, filled and deleted, each on record', async () => {
    const { person } = await behalf.addPerson('Gina Group')
    const made = await owner.api('POST', '/groups', { name: 'Sales' })
    const { id } = made.body.data
    expect(made.body.data).toEqual({ id, name: 'Sales', members: [] })
    expect((await owner.api('POST', '/groups', { name: 'Sales' })).body.error.code).toBe('name_taken')
    await owner.api('PATCH', `/groups/${id}`, { name: 'Sales team' })
    await owner.api('PUT', `/groups/${id}/members`, { person_ids: [person.id, owner.person.id] })
    const filled = await owner.api('PUT', `/groups/${id}/members`, { person_ids: [person.id] })
    expect(filled.body.data.members).toEqual([{ id: person.id, name: 'Gina Group' }])
    expect((await owner.api('DELETE', `/groups/${id}`)).status).toBe(204)
    expect((await owner.api('GET', '/groups')).body.data).toEqual([])
    expect(await actionsOn(id)).toEqual([
      'group.deleted',
      'group.member_removed',
      'group.member_added',
      'group.member_added',
      'group.renamed',
      'group.created',
    ])
  })

  test('members that do not exist change nothing', async () => {
    const { body } = await owner.api('POST', '/groups', { name: 'Untouched' })
    const person_ids = [owner.person.id, 'per_01aaaaaaaaaaaaaaaaaaaaaaaa']
    const refused = await owner.api('PUT', `/groups/${body.data.id}/members`, { person_ids })
    expect([refused.status, refused.body.error.code]).toEqual([404, 'person_not_found'])
    const groups = await owner.api('GET', '/groups')
    expect(groups.body.data).toContainEqual({ id: body.data.id, name: 'Untouched', members: [] })
  })

  test('a project is made once by its name', async () => {
    const made = await owner.api('POST', '/projects', { name: 'Support' })
    expect(made.status).toBe(201)
    expect((await owner.api('POST', '/projects', { name: 'Support' })).status).toBe(409)
    expect((await owner.api('GET', '/projects')).body.data.map(({ name }: { name: string }) => name)).toEqual([
      'Sales',
      'Support',
    ])
  })

  test('a key is shown once, never gives more than its maker has, and is revoked for good', async () => {
    const expires_at = '2099-01-01T00:00:00+01:00'
    const made = await owner.api('POST', '/api_keys', { name: 'CI', privileges: ['people.view'], expires_at })
    const { token, id } = made.body.data
    expect(made.body.data).toMatchObject({ name: 'CI', hint: token.slice(-4), expires_at: '2098-12-31T23:00:00.000Z' })
    const read = () => fetch(new URL('/api/people', behalf.url), { headers: { authorization: `Bearer ${token}` } })
    expect((await read()).status).toBe(200)
    const list = await owner.api('GET', '/api_keys')
    expect(JSON.stringify(list.body)).not.toContain(token)
    expect((await owner.api('DELETE', `/api_keys/${id}`)).status).toBe(204)
    expect((await read()).status).toBe(401)
    expect(await actionsOn(id)).toEqual(['api_key.revoked', 'api_key.created'])
    const unknown = await owner.api('POST', '/api_keys', { name: 'CI', privileges: ['people.rule'] })
    expect([unknown.status, unknown.body.error.code]).toEqual([422, 'privilege_unknown'])
    const past = await owner.api('POST', '/api_keys', {
      name: 'CI',
      privileges: ['people.view'],
      expires_at: '2001-01-01T00:00:00Z',
    })
    expect([past.status, past.body.error.code]).toEqual([422, 'expiry_passed'])
  })

  test('the audit log is read page by page, by person and by what happened', async () => {
    const first = await owner.api('GET', '/audit_events?limit=2')
    expect(first.body.data).toHaveLength(2)
    const second = await owner.api('GET', `/audit_events?limit=2&before=${first.body.next}`)
    expect(Number(second.body.data[0].id)).toBeLessThan(Number(first.body.data[1].id))
    const mine = await owner.api('GET', `/audit_events?action=group.created&person_id=${owner.person.id}`)
    expect(mine.body.data[0]).toMatchObject({
      action: 'group.created',
      person: { id: owner.person.id, name: 'Olivia Owner' },
      details: { name: 'Untouched' },
    })
    expect((await owner.api('GET', '/audit_events?action=group.exploded')).body.data).toEqual([])
    expect((await owner.api('GET', '/audit_events?before=x')).body.error.code).toBe('invalid_cursor')
  })
})
