import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { runDemo } from './run-demo.ts'
import { playStory } from './story/play.ts'
import { DEMO_DATA } from './town/data-folder.ts'

/**
 * `npm run demo`: Behalf and an emulated town until Ctrl-C; what happens there is kept in `./demo-data`, or in the folder after `--data`.
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
    : await runDemo(resolve(values.data ?? DEMO_DATA), stopAsked)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
process.exit()
