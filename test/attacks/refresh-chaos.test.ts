import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('../chaos/refresh.ts', import.meta.url))

// `npm run chaos` plays two hundred.
test('refresh-chaos: whoever is killed, paused, cut off or down, no grant dies silently', async () => {
  const { output, code } = await run(['--seeds', '4'])
  expect(output).toContain('chaos: 4 of 4 seeds ok')
  expect(output).toMatch(/[1-9]\d* refreshes, [1-9]\d* processes killed, [1-9]\d* paused/)
  expect(code).toBe(0)
}, 180_000)

function run(args: string[]): Promise<{ output: string; code: number | null }> {
  const env = { ...process.env, BEHALF_TEST_DATABASE: inject('database').connectionString }
  const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  return new Promise((resolve) => child.on('close', (code) => resolve({ output, code })))
}
