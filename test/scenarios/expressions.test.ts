import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'

let behalf: TestBehalf
let owner: TestPerson
let alice: TestPerson
beforeAll(async () => {
  behalf = await startTestBehalf()
  owner = behalf.owner
  alice = await behalf.addPerson('Alice Ng')
}, 60_000)
afterAll(() => behalf?.stop())

let count = 0
const recipe = (output: object, steps: object[] = []) => ({
  name: `Reckon ${++count}`,
  trigger: {
    kind: 'api',
    parameters: [
      { name: 'amount', type: 'number' },
      { name: 'note', type: 'text', required: false },
    ],
  },
  steps: [...steps, { kind: 'reply', name: 'answer', text: 'Done', output }],
})
const run = async (document: object, input: object = { amount: 3 }) => {
  const id = await behalf.addRecipe(document)
  return (await alice.api('POST', `/recipes/${id}/run`, { input, wait_seconds: 25 })).body.data
}
const problemsOf = async (document: object) => {
  const place = { project_id: behalf.projectId, environment: 'PROD' }
  const { problems } = (await owner.api('POST', '/recipes', { ...place, document })).body.data
  return problems.map(({ path, code }: { path: string; code: string }) => `${path} ${code}`).sort()
}

test('an expression keeps the type of what it yields, in outputs and in conditions', async () => {
  const isLarge = { all: [{ left: '{{= trigger.amount * 2 }}', is: 'greater_than', right: '{{= 2 + 3 }}' }] }
  const large = { kind: 'stop', name: 'large', outcome: 'failed', message: '{{= "large: " & trigger.amount }}' }
  const document = recipe({ double: '{{= trigger.amount * 2 }}', list: '{{= [1..trigger.amount] }}' }, [
    { kind: 'if', name: 'check', condition: isLarge, steps: [large] },
  ])
  expect((await run(document, { amount: 2 })).result.value.output).toEqual({ double: 4, list: [1, 2] })
  expect((await run(document, { amount: 3 })).error.value).toBe('large: 3')
})

test('an expression that fails ends the job at its step, with its path and without data', async () => {
  const job = await run(recipe({ sum: '{{= trigger.amount + trigger.note }}' }), { amount: 1, note: 'a-secret-note' })
  expect([job.status, job.error_code]).toEqual(['failed', 'expression_broken'])
  expect(job.error.value).toContain('steps[0].output.sum')
  expect(job.error.value).not.toContain('a-secret-note')
})

test('what is wrong with expressions is known before the recipe starts, by its path', async () => {
  const action = { kind: 'reply', name: 'early', text: '{{= steps.answer }}' }
  expect(
    await problemsOf(
      recipe(
        {
          unread: '{{= 1 + }}',
          step: '{{= steps.nowhere.id }}',
          parameter: '{{= $sum(trigger.amounts) }}',
          root: '{{= stesp.x }}',
          within: 'Hello {{= trigger.note }}!',
          two: '{{= 1 }} and {{= 2 }}',
          good: '{{= $map([trigger.amount], function($each) { $each.anything }) }}',
          long: `{{= "${'x'.repeat(10_000)}" }}`,
        },
        [action],
      ),
    ),
  ).toEqual([
    'steps[0].text pill_unknown',
    'steps[1].output.long expression_broken',
    'steps[1].output.parameter pill_unknown',
    'steps[1].output.root pill_unknown',
    'steps[1].output.step pill_unknown',
    'steps[1].output.two expression_broken',
    'steps[1].output.unread expression_broken',
    'steps[1].output.within mapping_broken',
  ])
  const slow = `${'('.repeat(40)}1${' ?? 1)'.repeat(40)}`
  expect(await problemsOf(recipe({ slow: `{{= ${slow} }}` }))).toEqual(['steps[0].output.slow expression_broken'])
})

const preview = async (person: TestPerson, id: string, body: object) =>
  person.api('POST', `/recipes/${id}/mapping_preview`, body)

test('a preview is refused to nobody, to whoever may not edit, and for the recipe of another workspace', async () => {
  const id = await behalf.addRecipe(recipe({ one: 1 }))
  const path = new URL(`/api/recipes/${id}/mapping_preview`, behalf.url)
  const nobody = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mapping: '{{= 1 }}' }),
  })
  expect(nobody.status).toBe(401)
  expect((await preview(alice, id, { mapping: '{{= 1 }}' })).status).toBe(403)
  const elsewhere = await preview(owner, 'rcp_01aaaaaaaaaaaaaaaaaaaaaaaa', { mapping: '{{= 1 }}' })
  expect([elsewhere.status, elsewhere.body.error.code]).toEqual([404, 'recipe_not_found'])
})

test('a preview yields what a job would, or the same error with its path', async () => {
  const id = await behalf.addRecipe(recipe({ one: 1 }))
  const sample = { trigger: { name: 'Acme' }, steps: { find: { records: [{ Id: '1' }, { Id: '2' }] } } }
  const mapping = { ids: '{{= steps.find.records.Id }}', text: 'For {{ trigger.name }}', none: '{{= trigger.none }}' }
  const good = await preview(owner, id, { mapping, sample })
  expect([good.status, good.body]).toEqual([200, { data: { value: { ids: ['1', '2'], text: 'For Acme' } } }])
  expect((await preview(owner, id, { mapping: '{{= $count(steps) }}' })).body.data.value).toBe(1)

  const bad = await preview(owner, id, { mapping: { a: ['{{= 1 + trigger.name }}'] }, sample })
  expect([bad.status, bad.body.error.code, bad.body.error.details.path]).toEqual([
    422,
    'expression_broken',
    'mapping.a[0]',
  ])
  const pill = await preview(owner, id, { mapping: '{{ trigger.none }}', sample })
  expect([pill.status, pill.body.error.code]).toEqual([422, 'mapping_broken'])
})

test('a preview takes no more than a request may hold, nor a mapping that no recipe could', async () => {
  const id = await behalf.addRecipe(recipe({ one: 1 }))
  const large = await preview(owner, id, { mapping: 1, sample: { trigger: 'x'.repeat(10_000_000) } })
  expect([large.status, large.body.error.code]).toEqual([413, 'request_too_large'])
  const deep = JSON.parse(`${'['.repeat(1000)}${']'.repeat(1000)}`)
  expect((await preview(owner, id, { mapping: deep })).body.error.code).toBe('recipe_invalid')
  const deepSample = await preview(owner, id, { mapping: '{{= trigger }}', sample: { trigger: deep } })
  expect(deepSample.body.error.code).toMatch(/^(expression|mapping)_too_large$/)
  const unknown = await preview(owner, id, { mapping: 1, sample: { jobs: {} } })
  expect([unknown.status, unknown.body.error.code]).toEqual([400, 'request_invalid'])
})

test('so many previews in a minute are refused until it is over', async () => {
  const id = await behalf.addRecipe(recipe({ one: 1 }))
  const key = `mapping-preview:${owner.person.workspaceId}`
  await preview(owner, id, { mapping: 1 })
  await behalf.ctx.db.updateTable('rate_limits').set({ used: 120 }).where('key', '=', key).execute()
  const refused = await preview(owner, id, { mapping: 1 })
  expect([refused.status, refused.body.error.code]).toEqual([429, 'too_many_attempts'])
  await behalf.ctx.db.deleteFrom('rate_limits').where('key', '=', key).execute()
  expect((await preview(owner, id, { mapping: 1 })).status).toBe(200)
})
