import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { runDemo } from './run-demo.ts'
import { playStory } from './story/play.ts'
import { DEMO_DATA } from './town/data-folder.ts'

/**
 * `npm run demo`: Behalf and an emulated town until Ctrl-C; what happens there is kept in `./demo-data`, or in the folder after `--data`.
 * It listens on `PORT` and the five ports above.
 * `npm run demo -- --script`: plays the whole story without a browser, checks it, and exits 0 or 1.
 */
const { values } = parseArgs({ options: { script: { type: 'boolean' }, data: { type: 'string' } } })

// A second press of Ctrl-C, or npm passing the first one on, changes nothing: the town is being stopped already.
const stopAsked = new Promise<void>((done) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done())
})

try {
  process.exitCode = values.script
    ? await playStory(stopAsked)
    : await runDemo({ folder: resolve(values.data ?? DEMO_DATA), port: readPort(process.env.PORT) }, stopAsked)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
process.exit()

function readPort(text: string | undefined): number | null {
  if (!text) return null
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port <= 65_530) return port
  throw new Error(`PORT is ${text}: give the first of six ports, from 1 to 65530.`)
}
