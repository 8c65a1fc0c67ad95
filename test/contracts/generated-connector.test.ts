import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { writeConnector } from '../../scripts/write-connector.ts'
import { testConnector } from './connector-contract.ts'

const ROOT = join(import.meta.dirname, '../..')

// Below the project, whose package.json says what `#core` is.
mkdirSync(join(ROOT, '.cache'), { recursive: true })
const home = await mkdtemp(join(ROOT, '.cache/generated-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
const places = { connectors: join(home, 'connectors'), tests: join(home, 'tests') }
const made = await writeConnector({ name: 'note-shop', label: 'NoteShop & Co', ...places })

describe('a generated connector', async () => {
  await testConnector(pathToFileURL(`${made.folder}/`))
  // The tests that came with it are tests of this file as well.
  for (const test of [made.test, ...['account', 'read-error'].map((name) => join(made.folder, `${name}.test.ts`))])
    await import(pathToFileURL(test).href)

  it('has its own name everywhere, and leaves nothing to be done first', () => {
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
    expect(files.length).toBeGreaterThan(9)
    for (const text of texts)
      expect(text.replaceAll('Acme has signed', '').replaceAll('acme.com', '')).not.toMatch(/acme/i)
    for (const text of texts) expect(text).not.toMatch(/TODO|FIXME/)
  })

  it('is never written over one that is there, nor under a name that is none', async () => {
    await expect(writeConnector({ name: 'note-shop', ...places })).rejects.toThrow(/there already/)
    for (const name of ['', 'Note', '../evil', 'a b', '-a', 'a_b'])
      await expect(writeConnector({ name, ...places })).rejects.toThrow(/no name/)
    await expect(writeConnector({ name: 'other', label: "x'", ...places })).rejects.toThrow(/no label/)
  })
})
