import { spawn } from 'node:child_process'
import { ROOT } from './installed.mjs'

/** Installs exactly what package-lock.json says. Under `npm run` by that npm, else by the one in the PATH. */
export async function install() {
  console.log('Behalf: installing packages (npm ci), once')
  const npm = process.env.npm_execpath
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []]
  // Whatever NODE_ENV says: the tests and the build of the console need all of it, Node 24 is an optional package.
  const args = ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional']
  const code = await new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], { cwd: ROOT, stdio: 'inherit' })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code))
  })
  if (code !== 0) throw new Error('Behalf: npm ci failed; what it said is above.')
}
