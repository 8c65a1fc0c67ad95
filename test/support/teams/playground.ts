import { type ChildProcess, spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { until } from '../until.ts'
import { TENANT, type TeamsUser } from './users.ts'

/** Microsoft's local playground: a page in which one person speaks to a bot. */
export interface Playground {
  url: string
  host: string
  /** Starts it; the bot must be there already. */
  start(endpoint: URL): Promise<void>
  stop(): Promise<void>
}

/** Takes a port for it, and writes down in `folder` who is there: this person, and five others. */
export async function preparePlayground(folder: string, me: TeamsUser): Promise<Playground> {
  const port = await freePort()
  const url = `http://localhost:${port}`
  await writeFile(join(folder, '.m365agentsplayground.yml'), configuration(me))
  let child: ChildProcess | undefined
  return {
    url,
    host: `localhost:${port}`,
    async start(endpoint) {
      const cli = createRequire(import.meta.url).resolve('@microsoft/m365agentsplayground/cli.js')
      const args = [cli, 'start', '-e', endpoint.href, '-p', String(port), '--disable-telemetry']
      const environment = { ...process.env, APPLICATION_INSIGHTS_NO_STATSBEAT: '1', BROWSER: 'none' }
      child = spawn(process.execPath, args, { cwd: folder, env: environment, stdio: 'ignore' })
      await until(async () => (await fetch(url)).ok, 60_000)
    },
    async stop() {
      const ended = new Promise((resolve) => child?.once('exit', resolve))
      if (child?.kill()) await ended
    },
  }
}

const person = ({ name, account, upn, objectId }: Pick<TeamsUser, 'name' | 'account' | 'upn' | 'objectId'>): string =>
  `id: "${account}"\n    name: ${name}\n    userPrincipleName: ${upn}\n    aadObjectId: ${objectId}\n    givenName: ${name.split(' ')[0]}\n    surname: ${name.split(' ')[1]}\n    email: ${upn}`

const others = Array.from({ length: 5 }, (_, index) => ({
  name: `Person Number${index}`,
  account: `29:other-${index}`,
  upn: `person${index}@acme.test`,
  objectId: `00000000-0000-4000-8000-00000000010${index}`,
}))

const configuration = (me: TeamsUser): string => `version: "0.1.1"
tenantId: ${TENANT}
bot:
  id: "28:playground-bot"
  name: Behalf
currentUser:
    ${person(me)}
users:
${others.map((each) => `  - ${person(each)}`).join('\n')}
personalChat:
  id: personal-chat
groupChat:
  id: group-chat
  name: Sales chat
team:
  id: team-id
  name: Sales
  aadGroupId: 00000000-0000-0000-0000-000000000031
  channels:
    - id: channel-pipeline
      name: Pipeline
`
