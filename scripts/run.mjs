// Runs one of our programs on a fresh clone: installs what is missing, builds the console when it changed, and starts the program on
// Node 24. Plain JavaScript without dependencies: it is started by whatever Node (20 or later) the machine has.
//
//   node scripts/run.mjs <program> [arguments…]
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { buildConsole, isConsoleBuilt } from './console-build.mjs'
import { install } from './install.mjs'
import { isInstalled, ROOT } from './installed.mjs'
import { withLock } from './lock.mjs'
import { findNode } from './node-24.mjs'

const [program, ...args] = process.argv.slice(2)
try {
  if (!program) throw new Error('node scripts/run.mjs <program> [arguments…]')
  await prepare()
  process.exitCode = await runProgram(program, args)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

/** Whoever finds everything in place takes no lock. */
async function prepare() {
  if (isInstalled() && isConsoleBuilt()) return
  await withLock(join(ROOT, '.cache/prepare.lock'), async () => {
    if (!isInstalled()) await install()
    if (!isConsoleBuilt()) await buildConsole()
  })
}

/** Passes SIGTERM and SIGHUP on, and SIGINT where no terminal does it by itself. Gives the program's exit code. */
function runProgram(program, args) {
  const node = findNode()
  const child = spawn(node, [join(ROOT, program), ...args], { stdio: 'inherit', cwd: ROOT })
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    process.on(signal, () => {
      const fromTerminal = signal === 'SIGINT' && process.stdin.isTTY
      if (!fromTerminal) child.kill(signal)
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
}
