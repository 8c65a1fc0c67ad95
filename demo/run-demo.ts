import { printGuide } from './guide.ts'
import { portsFrom } from './town/choose-ports.ts'
import { startDoorstep } from './town/doorstep.ts'
import { seedTown } from './town/seed-town.ts'
import { startTown } from './town/start-town.ts'

/** Where the town keeps everything, and the first of its six ports; null: those it had before, or 3000 and up. */
interface DemoWanted {
  folder: string
  port: number | null
}

/** Runs the town for people to try, until it is told to stop. Gives the exit code: 1 when a program of it ended by itself. */
export async function runDemo({ folder, port }: DemoWanted, stopAsked: Promise<void>): Promise<number> {
  console.log('Behalf: starting the emulated town')
  const town = await startTown({ folder, ports: portsFrom(port ?? 3000), moves: port !== null })
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
