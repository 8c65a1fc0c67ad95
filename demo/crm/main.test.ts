import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openBrowser } from '../../test/support/browser.ts'

let directory: string
let child: ChildProcess | null = null
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'crm-'))
})
afterEach(async () => {
  child?.kill('SIGKILL')
  await rm(directory, { recursive: true })
})

/** Starts the process and resolves with its address once it answers. */
async function start(port: string): Promise<string> {
  child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--port', port], {
    env: { ...process.env, CRM_DATA: join(directory, 'crm.json'), CRM_ADMIN_TOKEN: 'the-admin-token' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(child.stdout!), 'line')) as [string]
  return /^Acme CRM is at (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)![1]!
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  const exited = once(child!, 'exit')
  child!.kill(signal)
  return (await exited)[0]
}

it('runs as a process of its own, and keeps what it answered over kill -9', async () => {
  const url = await start('0')
  const registered = await fetch(`${url}/admin/clients/behalf`, {
    method: 'PUT',
    headers: { authorization: 'Bearer the-admin-token', 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Behalf', client_secret: 'sixteen-characters', redirect_uris: [] }),
  })
  expect(registered.status).toBe(200)
  const browser = openBrowser()
  const home = await (await browser.open(url)).click('Continue as Carol Diaz')
  expect(home.text()).toContain('Globex turbine monitoring')
  await end('SIGKILL')

  expect(await start(new URL(url).port)).toBe(url)
  const setup = await browser.open(`${url}/setup`)
  expect(setup.text()).toContain('Consumer key behalf')
  expect((await browser.open(url)).text().match(/Globex turbine monitoring/g)).toHaveLength(1)
  expect(await end('SIGTERM')).toBe(0)
})
