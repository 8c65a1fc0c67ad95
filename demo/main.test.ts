import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it } from 'vitest'
import { openBrowser } from '../test/support/browser.ts'
import { sessionOf, signIn } from './town/behalf-session.ts'
import { temporaryFolder } from './town/data-folder.ts'
import { ALICE, DANA } from './town/people.ts'

const { folder, remove } = await temporaryFolder()
let demo: ChildProcess | undefined
afterEach(() => end())
afterAll(remove)

/** Starts `npm run demo` and gives the addresses of its guide, once it has printed it. */
async function start({
  port = '',
} = {}): Promise<Record<'doorstep' | 'behalf' | 'crm' | 'slack' | 'teams' | 'guide', string>> {
  demo = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PORT: port },
  })
  let guide = ''
  for await (const chunk of demo.stdout!.iterator({ destroyOnReturn: false })) {
    guide += chunk
    if (guide.includes('Ctrl-C')) break
  }
  const address = (name: string) => new RegExp(`${name} +(http://127\\.0\\.0\\.1:\\d+)`).exec(guide)?.[1] ?? ''
  return {
    doorstep: address('Be somebody'),
    behalf: address('Behalf'),
    crm: address('Acme CRM'),
    slack: address('Slack'),
    teams: address('Teams'),
    guide,
  }
}

/** Presses Ctrl-C, as it were; gives the exit code. */
async function end(): Promise<number | null> {
  if (!demo || demo.exitCode !== null) return demo?.exitCode ?? null
  const exited = once(demo, 'exit')
  demo.kill('SIGINT')
  return (await exited)[0]
}

const isDown = (url: string) =>
  fetch(url).then(
    () => false,
    () => true,
  )

it('starts a town in which one click makes somebody of you, stops it, and finds it again', {
  timeout: 120_000,
}, async () => {
  const taken = createServer().listen(3000, '127.0.0.1')
  await Promise.race([once(taken, 'listening'), once(taken, 'error')])
  const first = await start()
  expect(first.guide).toMatch(/Taken by another program, .*: port 3000/)
  const browser = openBrowser()
  const landed = await (await browser.open(first.doorstep)).click('Be Alice')
  expect(landed.url).toBe(`${first.behalf}/chat`)
  const alice = sessionOf(first.behalf, browser)
  expect(await alice.api('GET', '/session')).toMatchObject({ person: { name: 'Alice Ng', role: 'member' } })
  expect(await alice.api('GET', '/me/recipes')).toMatchObject([
    { command: 'create opportunity' },
    { command: 'triage bug' },
  ])
  const places = [first.doorstep, first.behalf, first.crm, first.slack, first.teams]
  expect((await Promise.all(places.map(isDown))).filter(Boolean)).toEqual([])
  expect(await end()).toBe(0)
  expect((await Promise.all(places.map(isDown))).filter(Boolean)).toHaveLength(places.length)

  const second = await start()
  expect(second.behalf).toBe(first.behalf)
  expect(await alice.api('GET', '/me/recipes')).toHaveLength(2)
  taken.close()
})

it('goes to the ports from PORT up, and finds its own among hundreds of recipes', { timeout: 120_000 }, async () => {
  const { behalf } = await start()
  const dana = await signIn(behalf, DANA)
  const [project] = await dana.api<{ id: string }[]>('GET', '/projects')
  const trigger = { kind: 'api', parameters: [] }
  const recipes = Array.from({ length: 110 }, (_, at) => ({ name: `More ${at}`, trigger, connections: {}, steps: [] }))
  const file = { format: 'behalf-project/1', recipes }
  for (const environment of ['PROD', 'TEST'])
    await dana.api('POST', `/projects/${project?.id}/import`, { environment, file })
  expect(await end()).toBe(0)

  const port = await freePort()
  const moved = await start({ port })
  expect(moved.behalf).toBe(`http://127.0.0.1:${port}`)
  const commands = await (await signIn(moved.behalf, ALICE)).api('GET', '/me/recipes')
  expect(commands).toMatchObject([{ command: 'create opportunity' }, { command: 'triage bug' }])
})

async function freePort(): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return `${port}`
}

it('signs nobody in for a page of another site', { timeout: 60_000 }, async () => {
  const { doorstep, slack } = await start()
  const send = (headers: Record<string, string>, to = doorstep) =>
    fetch(`${to}/be/alice`, { method: 'POST', redirect: 'manual', headers })
  const elsewhere = await send({ origin: 'http://127.0.0.1:9' })
  expect([elsewhere.status, elsewhere.headers.getSetCookie()]).toEqual([403, []])
  const here = await send({ origin: doorstep })
  expect([here.status, here.headers.getSetCookie().some((cookie) => cookie.startsWith('behalf='))]).toEqual([303, true])
  const inSlack = await send({ origin: doorstep }, `${slack}/client`)
  expect([inSlack.status, inSlack.headers.getSetCookie()]).toEqual([403, []])
})
