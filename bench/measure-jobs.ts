import { once } from 'node:events'
import { cpus } from 'node:os'
import { type Counters, readCounters } from './database-counters.ts'
import { type Figures, figuresOf, makePoster, medianOf, type Round, runRound } from './load.ts'
import { cpuOfMachine, cpuOfTree } from './process-cpu.ts'
import type { BenchRecipe } from './set-up.ts'
import type { Town } from './town.ts'
import type { ProcessReport } from './watch-process.ts'

/** Webhook jobs at one concurrency: the median of all rounds, and the cost of one job over all of them. */
export interface JobFigures extends Figures {
  statements: { statement: string; perJob: number }[]
  /** Transactions that wrote, and therefore waited for the disk. */
  writesPerJob: number
  walBytesPerJob: number
  /** CPU time of Behalf's own process, and of PostgreSQL's where the system tells it. */
  behalfCpuMsPerJob: number
  postgresCpuMsPerJob: number | null
  /** What part of the machine's CPU went to processes that are not of the bench, 0 to 1. */
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
    const cpuBefore = await readMachine()
    town.behalf.process.send('start')
    const rounds: Round[] = []
    for (let i = 0; i < measuring.rounds; i++)
      rounds.push(await runRound(measuring.concurrency, measuring.seconds, runJob))
    const report = await stopCounting(town)
    const after = await readCounters(town)
    const takenByOthers = shareOfOthers(cpuBefore, await readMachine())
    return { ...medianOf(rounds.map(figuresOf)), ...costs(rounds, report, before, after), takenByOthers }
  } finally {
    await poster.close()
  }
}

interface WebhookAnswer {
  data: { status: string; output: { id?: string } | null }
}

async function stopCounting({ behalf }: Town): Promise<ProcessReport> {
  const report = once(behalf.process, 'message')
  behalf.process.send('stop')
  return (await report)[0]
}

interface MachineCpu {
  at: number
  all: number | null
  ours: number | null
}

async function readMachine(): Promise<MachineCpu> {
  return { at: performance.now(), all: await cpuOfMachine(), ours: await cpuOfTree(process.pid) }
}

function shareOfOthers(before: MachineCpu, after: MachineCpu): number | null {
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
