import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId } from '../../src/core/ids.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { until } from '../support/until.ts'

const PROGRAM = fileURLToPath(new URL('../../src/server/behalf.ts', import.meta.url))

let ahead = 0
let folder: string
let behalf: TestBehalf
let parent: ConnectionId
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'behalf-keys-command-'))
  behalf = await startTestBehalf({
    environment: { BEHALF_SEALING_KEY: '', BEHALF_SEALING_KEY_FILE: join(folder, 'sealing.key') },
    clock: () => new Date(Date.now() + ahead),
  })
  parent = await behalf.addCrmParent()
})
afterAll(async () => {
  await behalf.stop()
  await rm(folder, { recursive: true })
})

interface Ran {
  code: number
  out: string
  err: string
}

/** `npm run behalf -- …` as a process of its own, with the server's settings but these. */
function run(args: string[], settings: Record<string, string> = {}): Promise<Ran> {
  const env = { PATH: process.env.PATH, ...behalf.settings, ...settings }
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    )
  })
}

const keys = async () => (await readFile(join(folder, 'sealing.key'), 'utf8')).trim().split('\n')
const rotation = async () => (await behalf.owner.api('GET', '/workspace/sealing-key')).body.data.rotation

test('the sealing key is changed by command while the server runs, one change at a time, and its progress is shown', async () => {
  const [old] = await keys()
  expect((await run(['keys', 'status'])).out).toMatch(/^at hand \(file\): (\S+)\nversion 1: \1, in use\n$/)
  const rotated = await run(['keys', 'rotate'])
  expect(rotated).toMatchObject({ code: 0, err: '' })
  const fingerprint = /A new key was made: (\S+)\. /.exec(rotated.out)?.[1]
  expect(rotated.out).toContain('Back it up.')
  const both = await keys()
  expect(both).toEqual([old, expect.any(String)])
  expect((await stat(join(folder, 'sealing.key'))).mode & 0o777).toBe(0o600)
  for (const key of both) expect(rotated.out).not.toContain(key)

  const again = await run(['keys', 'rotate'])
  expect(again).toMatchObject({ code: 1, out: '', err: expect.stringContaining('is being changed already') })
  expect(await keys()).toEqual(both)

  const { total } = await until(async () => {
    const now = await rotation()
    return now?.total > 0 && now.remaining === 0 ? now : undefined
  }, 20_000)
  const status = await run(['keys', 'status'])
  expect(status.out).toContain(
    `version 2: ${fingerprint}, in use\n0 of ${total} still to be wrapped; 0 processes behind`,
  )
  ahead += 61_000
  await until(async () => (await keys()).length === 1, 30_000)
  expect(await keys()).toEqual([both[1]])
  const done = await run(['keys', 'status'])
  expect(done.out).toMatch(/^at hand .*\nversion 1: \S+, taken out\nversion 2: \S+, in use\n$/)
  expect((await behalf.owner.api('POST', `/connections/${parent}/connect`)).status).toBe(200)
}, 90_000)

test('what a command cannot do it says on standard error, with an exit code, says what to do instead, and does nothing', async () => {
  const before = await keys()
  const key = randomBytes(32).toString('base64')
  const bySettings = await run(['keys', 'rotate'], { BEHALF_SEALING_KEY: key, BEHALF_SEALING_KEY_FILE: '' })
  expect(bySettings).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^The sealing key is a setting/) })
  expect(bySettings.err).toContain('BEHALF_FORMER_SEALING_KEYS')
  const malformed = await run(['keys', 'rotate'], { BEHALF_SEALING_KEY: 'too short', BEHALF_SEALING_KEY_FILE: '' })
  expect(malformed).toMatchObject({ code: 1, err: expect.stringContaining('BEHALF_SEALING_KEY') })
  expect(malformed.err).not.toContain('too short')
  for (const each of [bySettings, malformed]) expect(each.err).not.toMatch(/\n\s+at /)
  for (const [args, code] of [
    [['keys', 'turn'], 2],
    [['keys'], 2],
    [['help'], 0],
  ] as const)
    expect(await run([...args])).toMatchObject({ code, out: expect.stringContaining('keys rotate') })
  expect(await keys()).toEqual(before)
}, 90_000)
