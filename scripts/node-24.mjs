import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './installed.mjs'

/** A Node that runs our TypeScript as it is (24 or later): the installed package's, else the one we run on. Throws where there is none. */
export function findNode() {
  const packaged = join(ROOT, 'node_modules/.bin/node')
  if (existsSync(packaged) && isNew(versionOf(packaged))) return packaged
  if (isNew(process.version)) return process.execPath
  throw new Error(
    `Behalf needs Node 24 or later. This is Node ${process.version}, and the npm package with Node 24 does not run on ${process.platform}-${process.arch}: install Node 24 yourself.`,
  )
}

/** Asked rather than believed: the package is for glibc, and does not run everywhere it can be installed. */
function versionOf(node) {
  try {
    return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

function isNew(version) {
  return Number(/^v(\d+)\./.exec(version)?.[1] ?? 0) >= 24
}
