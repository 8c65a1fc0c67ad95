import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Debian's. The browser tests run in it. */
export const CHROMIUM = '/usr/bin/chromium'

/** Whether Chromium is there; as root it is installed from the system's packages when it is not. Says what is wrong. */
export async function ensureChromium(): Promise<boolean> {
  if (existsSync(CHROMIUM)) return true
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.error(
      `${CHROMIUM} is missing, and the browser tests need it. Install it: apt-get install chromium fonts-liberation`,
    )
    return false
  }
  console.log('Installing Chromium from the packages of the system')
  apt('update')
  apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation')
  if (!existsSync(CHROMIUM)) console.error('Chromium could not be installed; what apt-get said is above.')
  return existsSync(CHROMIUM)
}

function apt(...args: string[]): void {
  spawnSync('apt-get', ['-q', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
}
