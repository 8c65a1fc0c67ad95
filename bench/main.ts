import { parseArgs } from 'node:util'
import { type Slack, startSlack } from '../test/support/slack/driver.ts'
import { measureBaselines } from './baselines.ts'
import { readServer } from './database-counters.ts'
import { describeMachine } from './describe-machine.ts'
import { keepReport } from './keep-report.ts'
import { measureBeside } from './measure-beside.ts'
import { measureJobs, readMachine, shareOfOthers } from './measure-jobs.ts'
import { measureLists } from './measure-lists.ts'
import { measureMappings, reportOfMappings } from './measure-mappings.ts'
import { measureSlack } from './measure-slack.ts'
import { measureStarts } from './measure-starts.ts'
import { measureStorm } from './measure-storm.ts'
import { measureUse } from './measure-use.ts'
import { measureWaiting } from './measure-waiting.ts'
import { type Results, reportOf } from './report.ts'
import { reportOfBeside } from './report-beside.ts'
import { reportOfLists } from './report-lists.ts'
import { reportOfSlack } from './report-slack.ts'
import { reportOfStarts } from './report-starts.ts'
import { reportOfStorm } from './report-storm.ts'
import { reportOfUse } from './report-use.ts'
import { reportOfWaiting } from './report-waiting.ts'
import { setUp } from './set-up.ts'
import { startTown, type Town } from './town.ts'
import { measureUseOverhead } from './use-overhead.ts'

const { values: options } = parseArgs({
  options: {
    /** Keeps the results in RESULTS.md. */
    write: { type: 'boolean', default: false },
    /** One short round: to see that it works. */
    quick: { type: 'boolean', default: false },
    /** Jobs at once, separated by commas. */
    at: { type: 'string', default: '1,20,50' },
    /** Measures the lists of people's own connections, and nothing else. */
    lists: { type: 'boolean', default: false },
    /** Measures the uses of one expired token, and nothing else. */
    storm: { type: 'boolean', default: false },
    /** Measures mappings with pills and with expressions, and nothing else. */
    mappings: { type: 'boolean', default: false },
    /** Measures the use of one of very many people's connections, and nothing else. */
    use: { type: 'boolean', default: false },
    /** Measures how long the server takes to start, and nothing else. */
    starts: { type: 'boolean', default: false },
    /** Measures what waiting jobs cost, and nothing else. */
    waiting: { type: 'boolean', default: false },
    /** Measures how soon slash commands of Slack are acknowledged, and nothing else. */
    slack: { type: 'boolean', default: false },
    /** A folder where n8n is installed: measures both in turn, and nothing else. */
    beside: { type: 'string' },
    /** A folder for a CPU profile of the server. */
    profile: { type: 'string' },
  },
})

/** `npm run bench`: measures, prints, and with `--write` keeps the results. */
async function main(): Promise<void> {
  const slack = options.slack ? await startSlack() : undefined
  const town = await startTown({ profileFolder: options.profile, hosts: slack ? [slack.host] : [] })
  try {
    const report = slack ? await reportSlack(town, slack) : await makeReport(town)
    console.log(report)
    if (options.write) await keepReport(report)
  } finally {
    await town.stop()
    await slack?.stop()
  }
}

async function reportSlack(town: Town, slack: Slack): Promise<string> {
  const machine = await describe(town)
  const much = options.quick ? { paced: 20, seconds: 2 } : { paced: 200, seconds: 10 }
  const owner = await setUp(town)
  const before = await readMachine()
  const measured = await measureSlack(town, slack, owner, much)
  return reportOfSlack([...machine, await takenSince(before)], measured)
}

async function makeReport(town: Town): Promise<string> {
  if (options.lists) return reportLists(town)
  if (options.storm) return reportOfStorm(await describe(town), await measureStorm(town, options.quick ? 400 : 10_000))
  if (options.use) {
    const sizes = options.quick ? [1_000, 20_000] : [1_000, 1_000_000]
    return reportOfUse(await describe(town), await measureUse(town, await setUp(town), sizes))
  }
  if (options.starts) return reportOfStarts(await describe(town), await measureStarts(options.quick ? 1 : 3))
  if (options.waiting) return reportWaiting(town)
  if (options.mappings) return reportOfMappings(await describe(town), await measureMappings(options.quick ? 1 : 5))
  if (options.beside) return reportBeside(town, options.beside)
  return reportOf(await measure(town))
}

async function reportWaiting(town: Town): Promise<string> {
  const machine = await describe(town)
  const { quick } = options
  const [most, idleSeconds, connecting] = quick ? [2_000, 5, 20] : [100_000, 20, 100]
  const measured = await measureWaiting(town, await setUp(town), { sizes: [0, most], idleSeconds, connecting })
  return reportOfWaiting(machine, measured)
}

async function reportBeside(town: Town, folder: string): Promise<string> {
  const [rounds, seconds] = options.quick ? [1, 2] : [3, 10]
  const measured = await measureBeside(town, { folder, concurrency: 20, rounds, seconds })
  return reportOfBeside(await describe(town), measured)
}

async function reportLists(town: Town): Promise<string> {
  const machine = await describe(town)
  const sizes = options.quick ? [1_000, 4_000] : [1_000, 100_000]
  const owner = await setUp(town)
  const before = await readMachine()
  const measured = await measureLists(town, owner, { sizes, times: options.quick ? 10 : 100 })
  return reportOfLists([...machine, await takenSince(before)], measured)
}

async function takenSince(before: Awaited<ReturnType<typeof readMachine>>): Promise<string> {
  const taken = shareOfOthers(before, await readMachine())
  return `Taken by others meanwhile: ${taken === null ? 'not told' : `${Math.round(taken * 100)} %`}`
}

async function measure(town: Town): Promise<Results> {
  const machine = await describe(town)
  const rounds = options.quick ? 1 : 3
  const seconds = options.quick ? 1 : 5
  const recipe = await setUp(town)
  await measureJobs(town, recipe, { concurrency: 20, rounds: 1, seconds: options.quick ? 2 : 8 })
  const at: Results['at'] = []
  for (const concurrency of options.at.split(',').map(Number)) {
    const baselines = await measureBaselines(town, concurrency, Math.min(2, seconds))
    at.push({ concurrency, baselines, jobs: await measureJobs(town, recipe, { concurrency, rounds, seconds }) })
  }
  return { machine, at, use: await measureUseOverhead(town, recipe, Math.min(3, seconds)) }
}

const describe = async ({ connectionString }: Town): Promise<string[]> => [
  ...describeMachine('Behalf, PostgreSQL, the CRM and the load'),
  await readServer(connectionString),
]

await main()
