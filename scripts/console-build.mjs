import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './installed.mjs'
import { findNode } from './node-24.mjs'

const CONSOLE = join(ROOT, 'console')
/** What it takes of the server's. */
const SHARED = join(ROOT, 'src/core')
const STAMP = join(CONSOLE, 'dist/.sources')

/** Whether console/dist was built from the sources that are there now, with the packages that are wanted now. */
export function isConsoleBuilt() {
  if (!existsSync(join(CONSOLE, 'index.html'))) return true
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hashSources()
}

/** Builds the console. The stamp is written last: a build that was cut off is made again. */
export async function buildConsole() {
  console.log('Behalf: building the console, once')
  const sources = hashSources()
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js')
  const code = await new Promise((resolve, reject) => {
    const child = spawn(findNode(), [vite, 'build', 'console', '--logLevel', 'warn'], { cwd: ROOT, stdio: 'inherit' })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code))
  })
  if (code !== 0) throw new Error('Behalf: the console could not be built; what vite said is above.')
  writeFileSync(STAMP, sources)
}

function hashSources() {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')))
  const files = [CONSOLE, SHARED]
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !file.startsWith(join(CONSOLE, 'dist')) && !file.includes('.test.'))
  for (const file of files.sort())
    hash.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}
