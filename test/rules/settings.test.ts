import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { settingsTable } from '../../src/server/configuration.ts'

test('the README explains every setting there is, and no other', async () => {
  const page = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (.+?) \|/gm)]
  expect(rows.map(([, name, description]) => ({ name, description }))).toEqual(settingsTable())
})
