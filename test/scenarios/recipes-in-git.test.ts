import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ConnectionId } from '../../src/core/ids.ts'
import { recipeFileSchema } from '../../src/recipes/recipe-file-schema.ts'
import { recipesCommand } from '../../src/server/recipes-command.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { crmConnection } from '../support/recipes.ts'

let home: TestBehalf
let away: TestBehalf
let parent: ConnectionId
let folder = ''
let said: string[] = []
const keys = new Map<TestBehalf, string>()

const RECIPES = ['recipes.view', 'recipes.edit']
const SWITCH = ['runtime_user_connections.view', 'runtime_user_connections.edit']

async function makeKey(at: TestBehalf, privileges: string[]): Promise<string> {
  const expires_at = new Date(Date.now() + 86_400_000).toISOString()
  const { body } = await at.owner.api('POST', '/api_keys', { name: privileges.join(), privileges, expires_at })
  return body.data.token
}

const api = { kind: 'api', parameters: [] }
const reply = (text: string) => ({ kind: 'reply', name: 'answer', text })
const lookUp = { kind: 'call', name: 'look', input: { name: 'Acme' } }

beforeAll(async () => {
  ;[home, away] = [await startTestBehalf(), await startTestBehalf()]
  for (const each of [home, away]) keys.set(each, await makeKey(each, [...RECIPES, ...SWITCH]))
  parent = await home.addCrmParent('Acme CRM')
  await home.connectParent(parent)
  await away.connectParent(await away.addCrmParent('Acme CRM'))
  const fn = { kind: 'function', input: { type: 'object' }, output: { type: 'object' } }
  const find = { kind: 'action', name: 'make', connection: 'crm', action: 'create_record' }
  const input = { type: 'Opportunity', fields: { Name: 'x', StageName: 'Prospecting', CloseDate: '2027-01-31' } }
  const id = await home.addRecipe({
    name: 'Look it up',
    trigger: fn,
    connections: crmConnection(parent, true),
    steps: [{ ...find, input }],
  })
  const steps = [{ ...lookUp, recipe_id: id }, reply('Done.')]
  await home.addRecipe({ name: 'Ask about it', trigger: api, steps })
  await home.addRecipe({ name: 'Übersicht', trigger: api, steps: [reply('Fine.')] })
})
afterAll(() => Promise.all([home, away].map((each) => each.stop())))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recipes-'))
  return () => rm(folder, { recursive: true })
})

async function run(at: TestBehalf, words: string, { key = keys.get(at), place = true } = {}) {
  said = []
  const args = [...words.split(' '), ...(place ? ['--project', 'Sales', '--environment', 'PROD'] : [])]
  const environment = { BEHALF_URL: at.url.href, BEHALF_API_KEY: key }
  return recipesCommand([args[0] ?? '', folder, ...args.slice(1)], { environment, print: (line) => said.push(line) })
}

const read = async (name: string) => readFile(join(folder, name), 'utf8')
const files = async () => (await readdir(folder)).filter((name) => name.endsWith('.recipe.json'))
const contents = async () => Object.fromEntries(await Promise.all((await files()).map(async (f) => [f, await read(f)])))

async function edit(name: string, change: (recipe: { description: string; steps: object[] }) => void): Promise<void> {
  const file = JSON.parse(await read(name))
  change(file.recipe)
  await writeFile(join(folder, name), JSON.stringify(file))
}

test('recipes that are pulled, pushed to another workspace and pulled from there are the same, functions and switches included', async () => {
  expect(await run(home, 'pull')).toBe(0)
  const pulled = await contents()
  expect(Object.keys(pulled)).toEqual(['ask-about-it.recipe.json', 'look-it-up.recipe.json', 'ubersicht.recipe.json'])
  expect(await run(away, 'validate')).toBe(0)
  expect(await run(away, 'push')).toBe(0)
  expect(said).toContain('created  ask-about-it.recipe.json')
  expect(await run(away, 'pull --overwrite')).toBe(0)
  expect(await contents()).toEqual(pulled)
  expect(await run(away, 'push')).toBe(0)
  expect(said).toEqual(Object.keys(pulled).map((name) => `unchanged  ${name}`))
  const [made] = (await away.owner.api('GET', '/recipes')).body.data.filter(
    ({ name }: { name: string }) => name === 'Ask about it',
  )
  expect((await away.owner.api('GET', `/recipes/${made.id}`)).body.data.problems).toMatchObject([
    { path: 'steps[0].recipe_id', code: 'function_stopped' },
  ])
})

test('no file holds a secret, an id or a connection of anybody', async () => {
  expect(await run(home, 'pull')).toBe(0)
  const text = Object.values(await contents()).join()
  expect(text).not.toMatch(/(con|rcp|wks|prj|per)_[0-9a-z]{10}/)
  expect(text).not.toContain('a-secret-of-the-crm-client')
  const all = await home.owner.api('GET', `/projects/${home.projectId}/export?environment=PROD`)
  expect(JSON.stringify(all.body)).not.toMatch(/(con|rcp|wks|prj|per)_[0-9a-z]{10}/)
})

test('a connection named for a function is in no export, and a push keeps it', async () => {
  const { data } = (await home.owner.api('GET', '/recipes')).body
  const fn = data.find(({ name }: { name: string }) => name === 'Look it up').id
  const call = { ...lookUp, recipe_id: fn, connection_overrides: { crm: 'con_0000000000000000000000child' } }
  const document = { name: 'Nightly', trigger: api, steps: [call, reply('Done.')] }
  const place = { project_id: home.projectId, environment: 'PROD' }
  const { id } = (await home.owner.api('POST', '/recipes', { ...place, document })).body.data
  expect(await run(home, 'pull')).toBe(0)
  expect(await read('nightly.recipe.json')).not.toContain('con_')
  await edit('nightly.recipe.json', (recipe) => {
    recipe.description = 'Every night.'
  })
  expect(await run(home, 'push nightly.recipe.json')).toBe(0)
  const after = (await home.owner.api('GET', `/recipes/${id}`)).body.data
  expect(after).toMatchObject({ version: 2, document: { description: 'Every night.', steps: [call, {}] } })
  await home.owner.api('DELETE', `/recipes/${id}`)
})

test('a stale push is refused and says what to do; the difference is shown before', async () => {
  expect(await run(home, 'pull')).toBe(0)
  const file = 'ubersicht.recipe.json'
  await edit(file, (recipe) => recipe.steps.unshift({ kind: 'reply', name: 'first', text: 'Hello.' }))
  expect(await run(home, 'push --dry-run')).toBe(0)
  expect(said).toEqual([
    'unchanged  ask-about-it.recipe.json',
    'unchanged  look-it-up.recipe.json',
    `updated  ${file}`,
    '  added  steps[0]',
  ])
  const { id, version } = JSON.parse(await read('.behalf.json'))[`${home.projectId}/PROD`][file]
  const { document } = (await home.owner.api('GET', `/recipes/${id}`)).body.data
  const elsewhere = { document: { ...document, description: 'By hand.' }, expected_version: version }
  expect((await home.owner.api('PUT', `/recipes/${id}`, elsewhere)).status).toBe(200)

  expect(await run(home, 'push')).toBe(1)
  expect(said).toEqual([expect.stringMatching(/^ubersicht.recipe.json: .*pull them.*\(recipe_version_conflict\)$/)])
  expect((await home.owner.api('GET', `/recipes/${id}`)).body.data).toMatchObject({
    version: 2,
    document: { description: 'By hand.', steps: [{ name: 'answer' }] },
  })
  expect(await run(home, 'push --dry-run')).toBe(1)
  expect(said).toEqual([expect.stringMatching(/^ubersicht.recipe.json: .*pull them.*\(recipe_version_conflict\)$/)])
  expect(await run(home, 'pull')).toBe(1)
  expect(said).toContain(`changed here  ${file}`)
  expect(await run(home, 'pull --overwrite')).toBe(0)
  const diff = await home.owner.api('GET', `/recipes/${id}/differences?from=1&to=2`)
  expect(diff.body.data).toEqual([
    { path: 'description', place: ['description'], kind: 'changed', before: '', after: expect.any(String) },
  ])
})

test('bad files are named with their paths, and nothing of a push is kept', async () => {
  expect(await run(home, 'pull')).toBe(0)
  await writeFile(join(folder, 'broken.recipe.json'), '{')
  await edit('ubersicht.recipe.json', (recipe) => {
    recipe.steps = [{ kind: 'call', name: 'x', recipe_id: 'rcp_1' }, { kind: 'dance' }]
  })
  expect(await run(home, 'validate', { place: false })).toBe(1)
  expect(said).toEqual([
    'broken.recipe.json: is no JSON (file_malformed)',
    expect.stringMatching(/^ubersicht.recipe.json: recipe.steps\[0\].recipe_id: holds an id/),
  ])
  expect(await run(home, 'push')).toBe(1)
  expect(await recipesCommand(['push', folder], { environment: {}, print: () => {} })).toBe(2)
  expect(await recipesCommand(['dance', folder], { environment: {}, print: () => {} })).toBe(2)
})

test('a push that turns a switch on needs its privileges, and does nothing without them', async () => {
  expect(await run(home, 'pull')).toBe(0)
  await rm(join(folder, '.behalf.json'))
  const text = await read('look-it-up.recipe.json')
  await writeFile(join(folder, 'second.recipe.json'), text.replace('"Look it up"', '"Second"'))
  const key = await makeKey(home, RECIPES)
  expect(await run(home, 'push', { key })).toBe(1)
  expect(said.join()).toContain('switch_needs_privileges')
  const { data } = (await home.owner.api('GET', '/recipes')).body
  expect(data.filter(({ name }: { name: string }) => name === 'Second')).toEqual([])
})

test('a dry run refuses what the push refuses, and keeps nothing', async () => {
  const fn = { kind: 'function', input: { type: 'object' }, output: { type: 'object' } }
  const called = await home.addRecipe({ name: 'Greet', trigger: fn, steps: [reply('Hello.')] })
  const call = { kind: 'call', name: 'greet', recipe_id: called, input: {} }
  const caller = await home.addRecipe({ name: 'Say hello', trigger: api, steps: [call, reply('Done.')] })
  for (const id of [called, caller]) await home.owner.api('POST', `/recipes/${id}/start`)
  expect(await run(home, 'pull')).toBe(0)
  const text = await read('greet.recipe.json')
  await writeFile(join(folder, 'greet.recipe.json'), text.replace('"Greet"', '"Welcome"'))
  const refusal = /^say-hello.recipe.json: steps\[0\].recipe_id: .*“Greet”.*\(function_not_chosen\)$/
  for (const words of ['push --dry-run', 'push']) {
    expect(await run(home, words)).toBe(1)
    expect(said).toEqual([expect.stringMatching(refusal)])
  }
  const calling = await read('say-hello.recipe.json')
  await writeFile(
    join(folder, 'say-hello.recipe.json'),
    calling.replace('"function": "Greet"', '"function": "Welcome"'),
  )
  expect(await run(home, 'push --dry-run')).toBe(0)
  expect(said).toContain('updated  greet.recipe.json')
  expect((await home.owner.api('GET', `/recipes/${called}`)).body.data).toMatchObject({ name: 'Greet', version: 1 })
  const key = await makeKey(home, RECIPES)
  await writeFile(
    join(folder, 'second.recipe.json'),
    (await read('look-it-up.recipe.json')).replace('"Look it up"', '"Second"'),
  )
  expect(await run(home, 'push --dry-run', { key })).toBe(1)
  expect(said.join()).toContain('switch_needs_privileges')
  await rm(join(folder, 'second.recipe.json'))
  expect(await run(home, 'push')).toBe(0)
  const { data } = (await home.owner.api('GET', `/recipes/${called}`)).body
  expect(data).toMatchObject({ name: 'Welcome', version: 2, status: 'started' })
  for (const id of [caller, called]) await home.owner.api('DELETE', `/recipes/${id}`)
})

test('a button may run the command of a recipe that comes with the same push', async () => {
  const trigger = (command: string) => ({ kind: 'command', command, parameters: [] })
  const id = await home.addRecipe({ name: 'Asks', trigger: trigger('ask it'), steps: [reply('Fine.')] })
  expect(await run(home, 'pull')).toBe(0)
  await edit('asks.recipe.json', (recipe) => {
    recipe.steps = [{ ...reply('Fine.'), buttons: [{ label: 'Go', command: 'zap it' }] }]
  })
  expect(await run(home, 'push')).toBe(1)
  expect(said.join()).toContain('“zap it”')
  const zaps = { name: 'Zaps', trigger: trigger('zap it'), steps: [reply('Zap.')] }
  await writeFile(join(folder, 'zaps.recipe.json'), JSON.stringify({ format: 'behalf-recipe/1', recipe: zaps }))
  expect(await run(home, 'push')).toBe(0)
  expect(said).toContain('created  zaps.recipe.json')
  expect(await run(home, 'push')).toBe(0)
  const made = (await home.owner.api('GET', '/recipes')).body.data.find(({ name }: { name: string }) => name === 'Zaps')
  for (const each of [id, made.id]) await home.owner.api('DELETE', `/recipes/${each}`)
  expect(await run(home, 'pull')).toBe(0)
})

test('a file that is moved stays the file of its recipe', async () => {
  expect(await run(home, 'pull')).toBe(0)
  await rename(join(folder, 'look-it-up.recipe.json'), join(folder, 'find.recipe.json'))
  await edit('find.recipe.json', (recipe) => {
    recipe.description = 'Moved.'
  })
  expect(await run(home, 'push')).toBe(0)
  expect(said).toContain('updated  find.recipe.json')
  expect(await run(home, 'pull')).toBe(0)
  expect((await files()).filter((name) => /look|find/.test(name))).toEqual(['find.recipe.json'])
})

test('a push of a file that is not there, and an address that is none, are refused', async () => {
  expect(await run(home, 'pull')).toBe(0)
  expect(await run(home, 'push ubersicht.recipe.json misspelt.recipe.json')).toBe(1)
  expect(said).toEqual([expect.stringMatching(/misspelt\.recipe\.json.*\(recipe_file_missing\)$/)])
  const environment = { BEHALF_URL: 'foo', BEHALF_API_KEY: 'bhk_x' }
  const print = (line: string) => said.push(line)
  const words = ['push', folder, '--project', 'Sales', '--environment', 'PROD']
  expect(await recipesCommand(words, { environment, print })).toBe(1)
  expect(said.at(-1)).toContain('BEHALF_URL is “foo”, which is no address')
})

test('no link leads out of the folder, neither what is read nor what is written', async () => {
  const id = await home.addRecipe({ name: 'con', trigger: api, steps: [reply('Fine.')] })
  const beside = await mkdtemp(join(tmpdir(), 'beside-'))
  await writeFile(join(beside, 'secret'), 'as it was')
  await mkdir(join(folder, 'ubersicht.recipe.json'))
  await symlink(join(beside, 'secret'), join(folder, 'con-recipe.recipe.json.new'))
  expect(await run(home, 'pull')).toBe(0)
  expect(await files()).toEqual(expect.arrayContaining(['con-recipe.recipe.json', 'ubersicht-2.recipe.json']))
  expect(await run(home, 'push')).toBe(0)
  await symlink(join(beside, 'secret'), join(folder, 'stolen.recipe.json'))
  for (const words of ['pull', 'push', 'validate']) {
    expect(await run(home, words)).toBe(1)
    expect(said).toEqual([expect.stringMatching(/^stolen\.recipe\.json .*\(file_outside_folder\)$/)])
  }
  await rm(join(folder, 'stolen.recipe.json'))
  const index = await read('.behalf.json')
  await writeFile(join(folder, '.behalf.json'), index.replace('con-recipe.recipe.json', '../secret.recipe.json'))
  expect(await run(home, 'pull --overwrite')).toBe(1)
  expect(said.join()).toContain('index_malformed')
  expect([await readFile(join(beside, 'secret'), 'utf8'), await readdir(beside)]).toEqual(['as it was', ['secret']])
  await rm(beside, { recursive: true })
  await home.owner.api('DELETE', `/recipes/${id}`)
})

test('a project is exported and imported as one file', async () => {
  const file = (await home.owner.api('GET', `/projects/${home.projectId}/export?environment=PROD`)).body
  const path = `/projects/${home.projectId}/import`
  const made = await home.owner.api('POST', path, { environment: 'TEST', file })
  expect(made.status).toBe(200)
  expect(made.body.data.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['created', 'created', 'created'])
  const again = (await home.owner.api('GET', `/projects/${home.projectId}/export?environment=TEST`)).body
  expect(again.recipes[0]).toMatchObject({ name: 'Ask about it', steps: [{ function: 'Look it up' }, {}] })
  const bad = { ...file, recipes: [...file.recipes, { name: 'Bad' }] }
  const refused = await home.owner.api('POST', path, { environment: 'DEV', file: bad })
  expect(refused.status).toBe(422)
  expect(refused.body.error.details.problems[0].path).toBe('recipes[3].trigger')
  expect((await home.owner.api('GET', `/projects/${home.projectId}/export?environment=DEV`)).body.recipes).toEqual([])
})

test('a project larger than one recipe may be is imported, each of its recipes measured by itself', async () => {
  const recipe = (name: string, characters: number) => ({
    name,
    trigger: api,
    steps: Array.from({ length: characters / 100_000 }, (_, index) => ({
      kind: 'reply',
      name: `r${index}`,
      text: 'x'.repeat(100_000),
    })),
  })
  const load = async (...recipes: object[]) => {
    const file = { format: 'behalf-project/1', recipes }
    return home.owner.api('POST', `/projects/${home.projectId}/import`, { environment: 'DEV', file })
  }
  const refused = await load(recipe('Small', 100_000), recipe('Too large', 1_200_000))
  expect(refused.body.error.details.problems[0]).toMatchObject({ path: 'recipes[1].', code: 'recipe_too_large' })
  expect((await load(recipe('One', 700_000), recipe('Other', 700_000))).status).toBe(200)
})

test('a number that would silently become another one is refused in a file', async () => {
  expect(await run(home, 'pull')).toBe(0)
  const [name = ''] = await files()
  const text = (await read(name)).replace(
    '"steps": [',
    '"steps": [{ "kind": "reply", "name": "n", "text": "", "output": { "id": 9007199254740993 } },',
  )
  await writeFile(join(folder, name), text)
  for (const words of ['validate', 'push']) expect(await run(home, words)).toBe(1)
  expect(said.join()).toContain(`${name}: the number 9007199254740993 cannot be held exactly`)
})

test('the published schema is that of the code', async () => {
  const published = await readFile(new URL('../../docs/recipe.schema.json', import.meta.url), 'utf8')
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(recipeFileSchema())))
})
