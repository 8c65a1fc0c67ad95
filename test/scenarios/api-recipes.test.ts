import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { actorOf } from '../../src/people/actor.ts'
import { createApiKey } from '../../src/people/api-keys.ts'
import { createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { insertConnection } from '../support/recipe-fixtures.ts'

let behalf: TestBehalf
let owner: TestPerson
let alice: TestPerson
let parent: ConnectionId
let place: { project_id: string; environment: string }
beforeAll(async () => {
  behalf = await startTestBehalf()
  owner = behalf.owner
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  place = { project_id: behalf.projectId, environment: 'PROD' }
}, 60_000)
afterAll(() => behalf?.stop())

let count = 0
/** Says hello; needs no connection. */
const hello = (more: object = {}) => ({
  name: `Hello ${++count}`,
  trigger: { kind: 'api', parameters: [{ name: 'name', type: 'text' }] },
  steps: [
    {
      kind: 'reply',
      name: 'greet',
      text: 'Hello {{ trigger.name }}',
      output: { greeting: 'Hello {{ trigger.name }}' },
    },
  ],
  ...more,
})
const create = async (document: object): Promise<RecipeId> =>
  (await owner.api('POST', '/recipes', { ...place, document })).body.data.id
const actionsOn = async (id: string) =>
  (await owner.api('GET', `/audit_events?target_id=${id}`)).body.data.map(({ action }: { action: string }) => action)

describe('a recipe', () => {
  test('is made although it is not ready, says what is missing by its path, and starts once that is mended', async () => {
    const unfinished = { ...createOpportunity(parent, false), trigger: { kind: 'command', command: 'help' } }
    const made = await owner.api('POST', '/recipes', { ...place, document: unfinished })
    expect(made.status).toBe(201)
    const { id, problems } = made.body.data
    const paths = problems.map(({ path, code }: Record<string, string>) => `${path} ${code}`)
    expect(paths).toContain('trigger.command command_reserved')
    const refused = await owner.api('POST', `/recipes/${id}/start`)
    expect([refused.status, refused.body.error.code]).toEqual([422, 'recipe_invalid'])
    expect(refused.body.error.details.problems).toEqual(problems)

    const mended = { document: createOpportunity(parent, false), comment: 'Mended', expected_version: 1 }
    const saved = await owner.api('PUT', `/recipes/${id}`, mended)
    expect(saved.body.data).toMatchObject({ version: 2, problems: [], webhook_url: null })
    const started = await owner.api('POST', `/recipes/${id}/start`)
    expect(started.body.data).toMatchObject({
      status: 'started',
      trigger: { kind: 'command', command: 'create opportunity' },
      personal: false,
    })
    expect((await owner.api('POST', `/recipes/${id}/stop`)).body.data.status).toBe('stopped')
    expect(await actionsOn(id)).toEqual(['recipe.stopped', 'recipe.started', 'recipe.changed', 'recipe.created'])
  })

  test('of no known shape is refused with every path that is wrong', async () => {
    const { status, body } = await owner.api('POST', '/recipes', { ...place, document: { name: '', steps: [{}] } })
    expect([status, body.error.code]).toEqual([422, 'recipe_invalid'])
    expect(body.error.details.problems.map(({ path }: { path: string }) => path)).toContain('trigger')
  })

  test('saved by two at once is saved by one, and the other is told', async () => {
    const id = await create(hello())
    const save = () => owner.api('PUT', `/recipes/${id}`, { document: hello(), expected_version: 1 })
    const answers = await Promise.all([save(), save()])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(answers.find(({ status }) => status === 409)?.body.error.code).toBe('recipe_version_conflict')
  })

  test('keeps every version with its author, and brings an earlier one back as a new one', async () => {
    const id = await create(hello({ description: 'first' }))
    await owner.api('PUT', `/recipes/${id}`, { document: hello(), comment: 'second', expected_version: 1 })
    const restored = await owner.api('POST', `/recipes/${id}/restore`, { version: 1 })
    expect(restored.body.data).toMatchObject({ version: 3, document: { description: 'first' } })
    const stale = await owner.api('POST', `/recipes/${id}/restore`, { version: 1, expected_version: 2 })
    expect(stale.body.error.code).toBe('recipe_version_conflict')
    const { body } = await owner.api('GET', `/recipes/${id}/versions`)
    expect(body.data).toEqual([
      expect.objectContaining({ version: 3, comment: 'Version 1 restored' }),
      expect.objectContaining({ version: 2, comment: 'second' }),
      expect.objectContaining({ version: 1, comment: null, created_by: { id: owner.person.id, name: 'Olivia Owner' } }),
    ])
    const none = await owner.api('POST', `/recipes/${id}/restore`, { version: 9 })
    expect([none.status, none.body.error.code]).toEqual([404, 'recipe_version_not_found'])
  })

  test('is copied beside itself, and elsewhere without its connections', async () => {
    const id = await create({ ...createOpportunity(parent, true), name: 'Original' })
    const copy = await owner.api('POST', `/recipes/${id}/copy`, {})
    expect(copy.body.data).toMatchObject({ name: 'Copy of Original', status: 'stopped', personal: true })
    expect(copy.body.data.document.connections.crm.connection_id).toBe(parent)
    const elsewhere = await owner.api('POST', `/recipes/${id}/copy`, { name: 'In DEV', environment: 'DEV' })
    expect(elsewhere.body.data).toMatchObject({ name: 'In DEV', environment: 'DEV' })
    expect(elsewhere.body.data.document.connections.crm.connection_id).toBeNull()

    const document = { ...createOpportunity(parent, true), name: 'Original', description: 'Later.' }
    await owner.api('PUT', `/recipes/${id}`, { document, expected_version: 1 })
    const described = async (body: object) =>
      (await owner.api('POST', `/recipes/${id}/copy`, body)).body.data.document.description
    expect(await described({})).toBe('Later.')
    expect(await described({ version: 1 })).toBe('Makes an opportunity in Salesforce.')
    expect(await described({ version: 1, environment: 'TEST' })).toBe('Makes an opportunity in Salesforce.')
    const none = await owner.api('POST', `/recipes/${id}/copy`, { version: 9 })
    expect([none.status, none.body.error.code]).toEqual([404, 'recipe_version_not_found'])

    // The longest name there is, which is cut in the middle of a character.
    const long = await create({ ...createOpportunity(parent, true), name: `${'x'.repeat(111)}🚀${'x'.repeat(7)}` })
    expect((await owner.api('POST', `/recipes/${long}/copy`, {})).body.data.name).toBe(`Copy of ${'x'.repeat(111)}`)
  })

  test('goes out as a file without ids and comes in again, its connection found by name', async () => {
    const id = await create({ ...createOpportunity(parent, true), name: 'Travels' })
    const { body: file } = await owner.api('GET', `/recipes/${id}/export`)
    expect(file.format).toBe('behalf-recipe/1')
    expect(JSON.stringify(file)).not.toContain(parent)
    const loaded = await owner.api('POST', '/recipes/import', { ...place, file })
    expect(loaded.status).toBe(201)
    expect(loaded.body.data.document).toEqual((await owner.api('GET', `/recipes/${id}`)).body.data.document)
    expect(await actionsOn(id)).toContain('recipe.exported')
    expect(await actionsOn(loaded.body.data.id)).toEqual(['recipe.switch_changed', 'recipe.imported'])
    const broken = await owner.api('POST', '/recipes/import', { ...place, file: { format: 'other', recipe: {} } })
    expect([broken.status, broken.body.error.code]).toEqual([422, 'recipe_invalid'])
  })

  test('is listed page by page and by project, and is gone when deleted', async () => {
    const other = await owner.api('POST', '/projects', { name: 'Elsewhere' })
    const there = { ...place, project_id: other.body.data.id }
    const ids = []
    for (let n = 0; n < 3; n++)
      ids.push((await owner.api('POST', '/recipes', { ...there, document: hello() })).body.data.id)
    const read = async (more: string) =>
      (await owner.api('GET', `/recipes?project_id=${other.body.data.id}${more}`)).body
    const first = await read('&limit=2')
    const second = await read(`&limit=2&before=${first.next}`)
    expect([...first.data, ...second.data].map(({ id }: { id: string }) => id)).toEqual(ids.reverse())
    expect(second.next).toBeNull()
    expect((await owner.api('DELETE', `/recipes/${ids[0]}`)).status).toBe(204)
    expect((await owner.api('GET', `/recipes/${ids[0]}`)).status).toBe(404)
    expect((await read('')).data).toHaveLength(2)
  })

  test('made in a project of nobody’s is refused', async () => {
    const project_id = 'prj_01aaaaaaaaaaaaaaaaaaaaaaaa'
    const { status, body } = await owner.api('POST', '/recipes', { ...place, project_id, document: hello() })
    expect([status, body.error.code]).toEqual([404, 'project_not_found'])
  })
})

describe('running', () => {
  let id: RecipeId
  beforeAll(async () => {
    id = await create(hello())
    await owner.api('POST', `/recipes/${id}/start`)
  })

  test('is for those a recipe is shared with: nobody, a person, a group, everyone', async () => {
    const mine = async () => (await alice.api('GET', '/me/recipes')).body.data.map((one: { id: string }) => one.id)
    const run = () => alice.api('POST', `/recipes/${id}/run`, { input: { name: 'Alice' }, wait_seconds: 0 })
    expect(await mine()).not.toContain(id)
    expect((await run()).body.error.code).toBe('recipe_not_shared')
    const group = (await owner.api('POST', '/groups', { name: 'Greeters' })).body.data.id
    await owner.api('PUT', `/groups/${group}/members`, { person_ids: [alice.person.id] })
    const shared = await owner.api('PUT', `/recipes/${id}/runners`, { everyone: false, group_ids: [group] })
    expect(shared.body.data.shared_with).toEqual({
      everyone: false,
      people: [],
      groups: [{ id: group, name: 'Greeters' }],
    })
    expect(await mine()).toContain(id)
    expect((await run()).status).toBe(202)
    await owner.api('DELETE', `/groups/${group}`)
    expect((await run()).status).toBe(403)
    await owner.api('PUT', `/recipes/${id}/runners`, { everyone: false, person_ids: [alice.person.id] })
    expect((await run()).status).toBe(202)
    await owner.api('PUT', `/recipes/${id}/runners`, { everyone: true })
    const unknown = { everyone: false, person_ids: ['per_01aaaaaaaaaaaaaaaaaaaaaaaa'] }
    const refused = await owner.api('PUT', `/recipes/${id}/runners`, unknown)
    expect([refused.status, refused.body.error.code]).toEqual([422, 'runner_unknown'])
  })

  test('answers with the ended job when there is time, and with its address at once when there is none', async () => {
    const done = await alice.api('POST', `/recipes/${id}/run`, { input: { name: 'Alice' }, wait_seconds: 20 })
    expect(done.status).toBe(200)
    expect(done.body.data).toMatchObject({
      status: 'succeeded',
      person: { id: alice.person.id, name: 'Alice Ng' },
      surface: 'api',
      connect_url: null,
      input: { kind: 'shown', value: { name: 'Alice' } },
      result: { kind: 'shown', value: { output: { greeting: 'Hello Alice' } } },
      steps: [{ step: 'greet', status: 'succeeded' }],
    })
    const response = await alice.browser.fetch(new URL(`/api/recipes/${id}/run`, behalf.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: behalf.url.origin },
      body: JSON.stringify({ input: { name: 'Bob' }, wait_seconds: 0 }),
    })
    expect(response.status).toBe(202)
    const address = response.headers.get('location') ?? ''
    expect(address).toBe(`${behalf.url.origin}/api/jobs/${(await response.json()).data.id}`)
    expect((await alice.browser.fetch(address)).status).toBe(200)
  })

  test('with input that does not fit names the parameter', async () => {
    const { status, body } = await alice.api('POST', `/recipes/${id}/run`, { input: { nme: 'Alice' } })
    expect([status, body.error.code]).toEqual([422, 'input_invalid'])
    expect(body.error.message).toContain('name')
  })

  test('the same request under one idempotency key runs once, another request under it is refused', async () => {
    const run = async (name: string) => {
      const response = await alice.browser.fetch(new URL(`/api/recipes/${id}/run`, behalf.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: behalf.url.origin, 'idempotency-key': 'one' },
        body: JSON.stringify({ input: { name }, wait_seconds: 0 }),
      })
      return { status: response.status, body: await response.json() }
    }
    const [first, again] = [await run('Alice'), await run('Alice')]
    expect(again.body.data.id).toBe(first.body.data.id)
    const other = await run('Bob')
    expect([other.status, other.body.error.code]).toEqual([409, 'idempotency_key_reused'])
  })

  test('with an API key is as nobody, reads its own job, and is refused where the switch is on', async () => {
    const wanted = { creator: actorOf(owner.person), name: 'CI', privileges: ['recipes.run' as const], expiresAt: null }
    const { token } = await createApiKey(behalf.ctx.db, { ...wanted, now: new Date() })
    const call = async (method: string, path: string, body?: object) => {
      const response = await fetch(new URL(`/api${path}`, behalf.url), {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: await response.json() }
    }
    const done = await call('POST', `/recipes/${id}/run`, { input: { name: 'machine' }, wait_seconds: 20 })
    expect(done.body.data).toMatchObject({ status: 'succeeded', person: null, result: { kind: 'shown' } })
    const job = await call('GET', `/jobs/${done.body.data.id}`)
    expect(job.body.data.input).toEqual({ kind: 'shown', value: { name: 'machine' } })
    const personal = await behalf.addRecipe({
      ...createOpportunity(parent, true),
      trigger: { kind: 'api', parameters: [{ name: 'name', type: 'text' }] },
      steps: [{ kind: 'reply', name: 'done', text: 'Done' }],
    })
    const refused = await call('POST', `/recipes/${personal}/run`, { input: { name: 'machine' } })
    expect([refused.status, refused.body.error.code]).toEqual([403, 'api_key_has_no_person'])
  })

  test('by form and by skill: the one asks for parameters, the other holds its input against its schema', async () => {
    const steps = [{ kind: 'reply', name: 'answer', text: 'For {{ trigger.customer }}' }]
    const form = { kind: 'form', title: 'Order', parameters: [{ name: 'customer', type: 'text' }] }
    const schema = {
      type: 'object',
      properties: { customer: { type: 'string', maxLength: 5 } },
      required: ['customer'],
    }
    const skill = { kind: 'skill', description: 'Orders', input: { ...schema, additionalProperties: false } }
    for (const trigger of [form, skill]) {
      const recipe = await behalf.addRecipe(hello({ trigger, steps }))
      const run = async (input: object) => {
        const { status, body } = await alice.api('POST', `/recipes/${recipe}/run`, { input, wait_seconds: 20 })
        return [status, body.error?.code ?? body.data.result.value.text]
      }
      expect(await run({ customer: 'Acme' })).toEqual([200, 'For Acme'])
      expect(await run({})).toEqual([422, 'input_invalid'])
      expect(await run({ customer: 'Acme', more: 1 })).toEqual([422, 'input_invalid'])
    }
  })

  test('by webhook needs its secret address, shown once, until it is renewed', async () => {
    const trigger = { kind: 'webhook', respond: 'when_done' }
    const steps = [
      { kind: 'reply', name: 'answer', text: 'Got {{ trigger.body.n }}', output: { n: '{{ trigger.body.n }}' } },
    ]
    const hook = await create(hello({ trigger, steps }))
    const started = await owner.api('POST', `/recipes/${hook}/start`)
    const first = started.body.data.webhook_url
    const send = (url: string) =>
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"n":7}' })
    expect((await (await send(first)).json()).data).toMatchObject({ status: 'succeeded', output: { n: 7 } })
    expect((await owner.api('POST', `/recipes/${hook}/start`)).body.data.webhook_url).toBeNull()
    const renewed = await owner.api('POST', `/recipes/${hook}/webhook`, {})
    expect((await send(first)).status).toBe(404)
    expect((await send(renewed.body.data.url)).status).toBe(200)
    const none = await owner.api('POST', `/recipes/${id}/webhook`, {})
    expect([none.status, none.body.error.code]).toEqual([409, 'recipe_not_webhook'])
  })

  test('a job of somebody else shows its data to those who may view job data, and none of it when it is private', async () => {
    const operator = await behalf.addPerson('Otto Operator', 'operator')
    const plain = await alice.api('POST', `/recipes/${id}/run`, { input: { name: 'Plain' }, wait_seconds: 20 })
    const byOwner = await owner.api('GET', `/jobs/${plain.body.data.id}`)
    expect(byOwner.body.data.input).toEqual({ kind: 'shown', value: { name: 'Plain' } })
    const byOperator = await operator.api('GET', `/jobs/${plain.body.data.id}`)
    expect(byOperator.body.data.input).toEqual({
      kind: 'private',
      label: '[needs View job data]',
      shape: { name: 'text' },
    })
    const personal = await behalf.addRecipe({
      ...createOpportunity(parent, true),
      name: 'Private',
      trigger: { kind: 'api', parameters: [{ name: 'name', type: 'text' }] },
      steps: [{ kind: 'reply', name: 'done', text: 'For {{ trigger.name }}' }],
    })
    const secret = await alice.api('POST', `/recipes/${personal}/run`, { input: { name: 'Zebra' }, wait_seconds: 20 })
    expect(secret.body.data).toMatchObject({ private: true, input: { kind: 'shown', value: { name: 'Zebra' } } })
    const seen = await owner.api('GET', `/jobs/${secret.body.data.id}`)
    expect(seen.body.data.input).toEqual({ kind: 'private', label: '[private to Alice Ng]', shape: { name: 'text' } })
    expect(JSON.stringify(seen.body)).not.toContain('Zebra')
    const list = await owner.api('GET', `/jobs?person_id=${alice.person.id}&status=succeeded&limit=1`)
    expect(list.body).toMatchObject({ data: [{ id: secret.body.data.id }], next: secret.body.data.id })
    expect(JSON.stringify(list.body)).not.toContain('Zebra')
    expect((await alice.api('GET', '/me/jobs?limit=1')).body.data[0].id).toBe(secret.body.data.id)
  })
})

describe('the switch and the children behind it', () => {
  test('P9: the switch needs the privileges for recipes and for runtime user connections, and its change is on record', async () => {
    const creator = actorOf(owner.person)
    const privileges = ['recipes.view' as const, 'recipes.edit' as const]
    const { token } = await createApiKey(behalf.ctx.db, {
      creator,
      name: 'edits',
      privileges,
      expiresAt: null,
      now: new Date(),
    })
    const id = await create({ ...createOpportunity(parent, false), name: 'Switched' })
    const change = { document: { ...createOpportunity(parent, true), name: 'Switched' }, expected_version: 1 }
    const response = await fetch(new URL(`/api/recipes/${id}`, behalf.url), {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(change),
    })
    expect([response.status, (await response.json()).error.code]).toEqual([403, 'switch_needs_privileges'])
    expect((await owner.api('GET', `/recipes/${id}`)).body.data).toMatchObject({ version: 1, personal: false })
    const analyst = await behalf.addPerson('Anna Analyst', 'analyst')
    expect((await analyst.api('PUT', `/recipes/${id}`, change)).body.data).toMatchObject({ version: 2, personal: true })
    const events = await owner.api('GET', `/audit_events?target_id=${id}`)
    expect(events.body.data.slice(0, 3)).toEqual([
      expect.objectContaining({
        action: 'recipe.switch_changed',
        person: { id: analyst.person.id, name: 'Anna Analyst' },
        details: { by: 'save', recipe: 'Switched', on: { before: [], after: [parent] } },
      }),
      expect.objectContaining({ action: 'recipe.changed' }),
      expect.objectContaining({ action: 'recipe.switch_refused', person: null }),
    ])
  })

  test('P5: a child cannot be chosen in a recipe and is absent from lists that do not ask for children', async () => {
    const { workspaceId } = owner.person
    const child = await insertConnection(behalf.ctx.db, {
      workspaceId,
      projectId: behalf.projectId,
      connector: 'salesforce',
      child: { parentId: parent, personId: alice.person.id },
    })
    const ids = async (path: string) =>
      (await owner.api('GET', path)).body.data.map((connection: { id: string }) => connection.id)
    expect(await ids('/connections')).toEqual([parent])
    expect(await ids(`/connections?folder_id=${behalf.projectId}`)).toEqual([parent])
    expect(await ids(`/connections?parent_id=${parent}`)).toEqual([])
    expect(await ids(`/connections?parent_id=${parent}&include_runtime_connections=true`)).toEqual([child])
    expect(await ids('/connections/runtime_user_connections')).toEqual([child])
    for (const personal of [true, false]) {
      const document = { ...createOpportunity(child, personal), name: 'Chooses a child' }
      const refused = await owner.api('POST', '/recipes', { ...place, document })
      expect([refused.status, refused.body.error.code]).toEqual([422, 'recipe_invalid'])
      expect(refused.body.error.details.problems).toEqual([
        expect.objectContaining({ path: 'connections.crm.connection_id', code: 'connection_missing' }),
      ])
    }
  })
})
