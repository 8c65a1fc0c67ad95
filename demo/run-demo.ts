import { printGuide } from './guide.ts'
import { startDoorstep } from './town/doorstep.ts'
import { seedTown } from './town/seed-town.ts'
import { startTown } from './town/start-town.ts'

const PORTS = { behalf: 3000, crm: 3001, github: 3002, doorstep: 3003 }

/** Runs the town for people to try, until it is told to stop. Gives the exit code: 1 when a program of it ended by itself. */
export async function runDemo(folder: string, stopAsked: Promise<void>): Promise<number> {
  console.log('Behalf: starting the emulated town')
  const town = await startTown({ folder, ports: PORTS })
  try {
    const stopEarly = stopAsked.then(() => 'stop' as const)
    if ((await Promise.race([seedTown(town, { switchOn: true }), stopEarly])) === 'stop') return 0
    const doorstep = await startDoorstep({ port: town.ports.doorstep, behalf: town.behalf.url })
    printGuide({ town, doorstep: doorstep.url, folder })
    const collapsed = await Promise.race([town.collapse, stopAsked])
    await doorstep.stop()
    if (!collapsed) console.log('\nBehalf: stopping the town')
    else
      console.error(
        `\n${collapsed} has ended by itself. What it said last is in ${folder}; everything else is stopped.`,
      )
    return collapsed ? 1 : 0
  } finally {
    await town.stop()
  }
}
