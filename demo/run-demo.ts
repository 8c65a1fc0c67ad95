import { printGuide } from './guide.ts'
import { startPlayground } from './teams/start-playground.ts'
import { BOT, TENANT } from './teams/tenant.ts'
import { portsFrom } from './town/choose-ports.ts'
import { startDoorstep } from './town/doorstep.ts'
import { setUpTeams } from './town/seed-teams.ts'
import { type Seeded, seedTown } from './town/seed-town.ts'
import { startTown, type Town } from './town/start-town.ts'

/** Where the town keeps everything, and the first of its six ports; null: those it had before, or 3000 and up. */
interface DemoWanted {
  folder: string
  port: number | null
}

/** Runs the town for people to try, until it is told to stop. Gives the exit code: 1 when a program of it ended by itself. */
export async function runDemo({ folder, port }: DemoWanted, stopAsked: Promise<void>): Promise<number> {
  console.log('Behalf: starting the emulated town')
  const town = await startTown({ folder, ports: portsFrom(port ?? 3000), moves: port !== null })
  const running: { stop(): Promise<void> }[] = []
  try {
    const stopEarly = stopAsked.then(() => 'stop' as const)
    const seeded = await Promise.race([seedTown(town, { switchOn: true }), stopEarly])
    if (seeded === 'stop') return 0
    const playground = await openPlayground(town, seeded, folder)
    running.push(playground)
    const doorstep = await startDoorstep({ port: town.ports.doorstep, behalf: town.behalf.url })
    running.push(doorstep)
    printGuide({ town, doorstep: doorstep.url, teams: playground.url, folder })
    const playgroundEnded = playground.collapse.then(() => playground.name)
    const collapsed = await Promise.race([town.collapse, playgroundEnded, stopAsked])
    if (!collapsed) console.log('\nBehalf: stopping the town')
    else
      console.error(
        `\n${collapsed} has ended by itself. What it said last is in ${folder}; everything else is stopped.`,
      )
    return collapsed ? 1 : 0
  } finally {
    for (const each of running.reverse()) await each.stop()
    await town.stop()
  }
}

/** Has Behalf listen to the playground, unsigned as its requests are, and opens it. */
async function openPlayground({ ports }: Town, { dana }: Seeded, folder: string) {
  const settings = { mode: 'playground', app_id: BOT, tenant_id: TENANT, stand_in: `http://127.0.0.1:${ports.teams}` }
  const { endpoint } = await setUpTeams(dana, { settings })
  return startPlayground({ folder, port: ports.teams, endpoint })
}
