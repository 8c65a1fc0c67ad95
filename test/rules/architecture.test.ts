import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { foldersIn } from '../support/sources.ts'

test('docs/ARCHITECTURE.md lists the rooms there are', async () => {
  const page = await readFile(new URL('../../docs/ARCHITECTURE.md', import.meta.url), 'utf8')
  const listed = [...page.matchAll(/^- `src\/([a-z-]+)\/`/gm)].map(([, room]) => room)
  expect(listed.sort()).toEqual(foldersIn('src'))
})
