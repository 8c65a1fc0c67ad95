import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Whether node_modules holds exactly what package-lock.json says. npm writes what it installed to node_modules/.package-lock.json, as
 * the last thing it does: an interrupted installation is found out. Optional packages of other platforms may be missing.
 */
export function isInstalled(root = ROOT) {
  const wanted = readPackages(join(root, 'package-lock.json'))
  const found = readPackages(join(root, 'node_modules/.package-lock.json'))
  if (!wanted || !found) return false
  const same = ([path, { version, integrity }]) =>
    found[path]
      ? found[path].version === version && found[path].integrity === integrity
      : wanted[path].optional === true
  return Object.entries(wanted).every(same) && Object.keys(found).every((path) => wanted[path])
}

function readPackages(file) {
  try {
    const { '': _itself, ...packages } = JSON.parse(readFileSync(file, 'utf8')).packages
    return packages
  } catch {
    return undefined
  }
}
