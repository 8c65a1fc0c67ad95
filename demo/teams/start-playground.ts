import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ChildProgram, startProgram } from '../town/child-program.ts'
import { playgroundConfig } from './tenant.ts'

const LOOPBACK = join(import.meta.dirname, 'listen-on-loopback.mjs')

interface PlaygroundWanted {
  folder: string
  port: number
  /** Where Behalf listens to it. */
  endpoint: string
}

/**
 * Starts Microsoft's own playground for Teams on 127.0.0.1, with Alice sitting at it. Behalf must be there already: the page asks for it once.
 * It sends nothing to Microsoft, and opens no browser.
 */
export async function startPlayground({
  folder,
  port,
  endpoint,
}: PlaygroundWanted): Promise<ChildProgram & { url: string }> {
  const config = join(folder, 'playground.yml')
  // JSON is YAML.
  await writeFile(config, JSON.stringify(playgroundConfig(), null, 2))
  const url = `http://127.0.0.1:${port}`
  const cli = fileURLToPath(import.meta.resolve('@microsoft/m365agentsplayground/cli.js'))
  const program = await startProgram({
    name: 'The playground for Teams',
    args: [
      '--import',
      LOOPBACK,
      cli,
      'start',
      '--disable-telemetry',
      '-c',
      'msteams',
      '-p',
      `${port}`,
      '-e',
      endpoint,
      '--service-url',
      `${url}/_connector`,
    ],
    env: {
      PATH: process.env.PATH,
      M365_AGENTS_PLAYGROUND_CONFIG_PATH: config,
      APPLICATION_INSIGHTS_NO_STATSBEAT: '1',
      TEAMSAPPTESTER_BROWSER: 'none',
    },
    logFile: join(folder, 'playground.log'),
    url,
  })
  return { ...program, url }
}
