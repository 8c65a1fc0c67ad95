import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

interface Played {
  code: number | null
  transcript: string
}

function playStory(): Promise<Played> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [join(import.meta.dirname, 'main.ts'), '--script'], (_error, transcript) =>
      resolve({ code: child.exitCode, transcript }),
    )
  })
}

it('plays the whole story, and every check of it passes', { timeout: 120_000 }, async () => {
  const { code, transcript } = await playStory()
  expect(transcript.split('\n').filter((line) => line.includes('✗'))).toEqual([])
  const [, passed, all] = /\ndemo: (\d+) of (\d+) checks passed\n$/.exec(transcript) ?? []
  expect(Number(all)).toBeGreaterThan(40)
  expect(passed).toBe(all)
  expect(code).toBe(0)
})
