import { once as onceEmitted } from 'node:events'
import { cpus } from 'node:os'
import { type Counters, readCounters } from './database-counters.ts'
import { type Figures, figuresOf, makePoster, medianOf, type Round, runRound } from './load.ts'
import { cpuOfMachine, cpuOfTree } from './process-cpu.ts'
import type { BenchRecipe } from './set-up.ts'
import type { Town } from './town.ts'
import type { ProcessReport } from './watch-process.ts'

/** Webhook jobs at one concurrency: the median of the quietest rounds, and the cost of one job over all of them. */
export interface JobFigures extends Figures {
  statements: { statement: string; perJob: number }[]
  /** Transactions that wrote, and therefore waited for the disk. */
  writesPerJob: number
  walBytesPerJob: number
  /** CPU time of Behalf's own process, and of PostgreSQL's where the system tells it. */
  behalfCpuMsPerJob: number
  postgresCpuMsPerJob: number | null
  /** What part of the machine's CPU went to processes that are not of the bench, 0 to 1, in the worst of the rounds that count. */
  takenByOthers: number | null
}

export interface Measuring {
  concurrency: number
  rounds: number
  seconds: number
}

/** Keeps webhooks under way and checks each answer: the job succeeded and names the record it made. */
export async function measureJobs(town: Town, { webhookUrl }: BenchRecipe, measuring: Measuring): Promise<JobFigures> {
  const poster = makePoster(webhookUrl)
  const runJob = async (): Promise<void> => {
    const { data } = (await poster.post({ name: 'Acme 2027', amount: 1200 })) as WebhookAnswer
    if (data.status !== 'succeeded' || !data.output?.id)
      throw new Error(`a job did not succeed: ${JSON.stringify(data)}`)
  }
  try {
    await runRound(measuring.concurrency, Math.min(1, measuring.seconds), runJob)
    const before = await readCounters(town)
    town.behalf.process.send('start')
    const rounds = await runQuietRounds(measuring, runJob)
    const report = await stopCounting(town)
    const after = await readCounters(town)
    const quietest = [...rounds]
      .sort((a, b) => (a.takenByOthers ?? 0) - (b.takenByOthers ?? 0))
      .slice(0, measuring.rounds)
    return {
      ...medianOf(quietest.map(figuresOf)),
      ...costs(rounds, report, before, after),
      takenByOthers: quietest.at(-1)?.takenByOthers ?? null,
    }
  } finally {
    await poster.close()
  }
}

interface WatchedRound extends Round {
  takenByOthers: number | null
}

const QUIET = 0.1
const ATTEMPTS_PER_ROUND = 4

/** Until as many rounds as are wanted were quiet: others took less than a tenth of the machine. Gives up on that after four times as many. */
async function runQuietRounds(
  { concurrency, rounds, seconds }: Measuring,
  once: () => Promise<unknown>,
): Promise<WatchedRound[]> {
  const done: WatchedRound[] = []
  const quiet = () => done.filter(({ takenByOthers }) => takenByOthers === null || takenByOthers < QUIET)
  while (quiet().length < rounds && done.length < rounds * ATTEMPTS_PER_ROUND) {
    const before = await readMachine()
    const round = await runRound(concurrency, seconds, once)
    done.push({ ...round, takenByOthers: shareOfOthers(before, await readMachine()) })
  }
  return done
}

interface WebhookAnswer {
  data: { status: string; output: { id?: string } | null }
}

async function stopCounting({ behalf }: Town): Promise<ProcessReport> {
  const report = onceEmitted(behalf.process, 'message')
  behalf.process.send('stop')
  return (await report)[0]
}

interface MachineCpu {
  at: number
  all: number | null
  ours: number | null
}

/** CPU time of the machine, and of what the bench started. */
export async function readMachine(): Promise<MachineCpu> {
  return { at: performance.now(), all: await cpuOfMachine(), ours: await cpuOfTree(process.pid) }
}

/** What part of the machine others took between two readings; null where the system does not tell. */
export function shareOfOthers(before: MachineCpu, after: MachineCpu): number | null {
  if (before.all === null || before.ours === null || after.all === null || after.ours === null) return null
  const others = after.all - before.all - (after.ours - before.ours)
  return Math.max(0, others / ((after.at - before.at) * cpus().length))
}

function costs(rounds: Round[], { statements, cpuMs }: ProcessReport, before: Counters, after: Counters) {
  const jobs = rounds.reduce((sum, { latencies }) => sum + latencies.length, 0)
  return {
    statements: statements.map(({ statement, count }) => ({ statement, perJob: count / jobs })),
    writesPerJob: (after.writes - before.writes) / jobs,
    walBytesPerJob: (after.walBytes - before.walBytes) / jobs,
    behalfCpuMsPerJob: cpuMs / jobs,
    postgresCpuMsPerJob: before.cpuMs === null || after.cpuMs === null ? null : (after.cpuMs - before.cpuMs) / jobs,
  }
}
