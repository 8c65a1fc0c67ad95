import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { glob, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const TEMPLATE = join(ROOT, 'scripts/connector-template')

interface NewConnector {
  /** kebab-case; the folder's name. */
  name: string
  /** As people call it; by default the name with capitals. */
  label?: string
  /** Where the folder goes, and where the test of its actions goes. */
  connectors: string
  tests: string
}

/**
 * Writes a connector to begin from: the template, which is a connector that works and is checked like any other, under another name.
 * Overwrites nothing. Throws when the name is no name, or taken.
 */
export async function writeConnector({ name, label = labelOf(name), connectors, tests }: NewConnector) {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new Error(`“${name}” is no name: small letters, digits and hyphens.`)
  if (!/^[\p{L}\p{N}][\p{L}\p{N} .&+-]{0,39}$/u.test(label)) throw new Error(`“${label}” is no label.`)
  const folder = join(connectors, name)
  const test = join(tests, `${name}-actions.test.ts`)
  for (const path of [folder, test]) if (existsSync(path)) throw new Error(`${path} is there already.`)

  for await (const path of glob('**/*.{ts,md}', { cwd: TEMPLATE })) {
    const text = renamed(await readFile(join(TEMPLATE, path), 'utf8'), name, label)
    if (path === 'actions.test.ts') await write(test, relocated(text, folder, tests))
    else await write(join(folder, path), text)
  }
  return { folder, test }
}

/** The template speaks of Acme, at acme.example; of its people's own company, acme.com, it goes on speaking. */
function renamed(text: string, name: string, label: string): string {
  return text
    .replaceAll('acme.example', `${name}.example`)
    .replaceAll("'acme'", `'${name}'`)
    .replace(/Acme(?! has signed)/g, label)
}

function relocated(text: string, folder: string, tests: string): string {
  const from = (path: string) => relative(tests, path).replace(/^(?!\.)/, './')
  return text
    .replace("'./index.ts'", `'${from(join(folder, 'index.ts'))}'`)
    .replace("'../../test/support/answering.ts'", `'${from(join(ROOT, 'test/support/answering.ts'))}'`)
    .replace("'../../test/contracts/bound-to.ts'", `'${from(join(ROOT, 'test/contracts/bound-to.ts'))}'`)
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, path.endsWith('.ts') ? formatted(text) : text, { flag: 'wx' })
}

/** why: another name is longer or shorter, and sorts elsewhere among the imports. */
function formatted(text: string): string {
  const biome = join(ROOT, 'node_modules/.bin/biome')
  return execFileSync(biome, ['check', '--write', `--stdin-file-path=${join(ROOT, 'src/connector.ts')}`], {
    cwd: ROOT,
    input: text,
    encoding: 'utf8',
  })
}

const labelOf = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
