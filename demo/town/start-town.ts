import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Slack } from '../../test/support/slack/driver.ts'
import { openStore } from '../crm/store.ts'
import { type GitHub, startGitHub } from '../github.ts'
import { startTownSlack } from '../slack/start-slack.ts'
import { type BehalfProgram, behalfProgram } from './behalf-program.ts'
import { startProgram } from './child-program.ts'
import { choosePorts, type Ports, takenPorts } from './choose-ports.ts'

/** What outlives the town, in its data folder. */
interface Kept {
  ports: Ports
  crmAdminToken: string
  clientSecret: string
}

/** Behalf and the applications around it, running. */
export interface Town {
  ports: Ports
  /** The ports that were wanted and taken by somebody else. */
  takenPorts: number[]
  behalf: Omit<BehalfProgram, 'stop'>
  crm: { url: string; adminToken: string }
  github: GitHub
  slack: Slack
  /** Of Behalf's OAuth client at both applications. */
  clientSecret: string
  /** Resolves with the name of a program that ended without being asked to. */
  collapse: Promise<string>
  stop(): Promise<void>
}

interface TownWanted {
  folder: string
  ports: Ports
  /** Whether a folder that was used before goes to these ports too. */
  moves?: boolean
}

/**
 * Starts Behalf, the CRM, GitHub and Slack on 127.0.0.1, with everything they keep in `folder`. A folder that was used before keeps its ports
 * where they are free, because redirect URIs hang on them, unless it `moves`. What was started is stopped again when the rest does not start.
 */
export async function startTown({ folder, ports, moves = false }: TownWanted): Promise<Town> {
  await mkdir(folder, { recursive: true })
  const store = await openStore<Kept>(join(folder, 'town.json'), () => ({ ports, ...newSecrets() }))
  // An older folder knows fewer ports.
  const wanted = moves ? ports : { ...ports, ...store.data.ports }
  const chosen = await choosePorts(wanted)
  const running: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const each of running.splice(0).reverse()) await each()
  }
  try {
    const town = await startAll(folder, { ...store.data, ports: chosen }, running)
    store.data.ports = chosen
    await store.saved()
    return { ...town, takenPorts: takenPorts(wanted, chosen), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function newSecrets(): Omit<Kept, 'ports'> {
  return { crmAdminToken: randomBytes(24).toString('base64url'), clientSecret: randomBytes(24).toString('base64url') }
}

async function startAll(
  folder: string,
  { ports, crmAdminToken, clientSecret }: Kept,
  running: (() => Promise<void>)[],
) {
  const collapse = Promise.withResolvers<string>()
  const behalf = behalfProgram({ folder, ports, collapsed: () => collapse.resolve('Behalf') })
  running.push(() => behalf.stop())
  // why: first, because it alone refuses a folder that another town is using.
  await behalf.start()
  const github = await startGitHub({
    port: ports.github,
    dataFile: join(folder, 'github.json'),
    client: { client_id: 'behalf', client_secret: clientSecret, name: 'Behalf', redirect_uris: [] },
  })
  running.push(() => github.stop())
  const slack = await startTownSlack({ port: ports.slack, behalf: behalf.url })
  running.push(() => slack.stop())
  const crm = await startCrmProgram(folder, ports.crm, crmAdminToken)
  running.push(() => crm.stop())
  void crm.collapse.then(() => collapse.resolve(crm.name))
  return {
    ports,
    behalf,
    github,
    slack,
    crm: { url: crm.url, adminToken: crmAdminToken },
    clientSecret,
    collapse: collapse.promise,
  }
}

async function startCrmProgram(folder: string, port: number, adminToken: string) {
  const url = `http://127.0.0.1:${port}`
  const program = await startProgram({
    name: 'Acme CRM',
    args: [join(import.meta.dirname, '../crm/main.ts')],
    env: {
      PATH: process.env.PATH,
      CRM_PORT: `${port}`,
      CRM_DATA: join(folder, 'crm.json'),
      CRM_ADMIN_TOKEN: adminToken,
    },
    logFile: join(folder, 'crm.log'),
    url,
  })
  return { ...program, url }
}
