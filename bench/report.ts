import type { Baselines } from './baselines.ts'
import type { Figures } from './load.ts'
import type { JobFigures } from './measure-jobs.ts'
import type { UseOverhead } from './use-overhead.ts'

export interface Results {
  machine: string[]
  at: { concurrency: number; jobs: JobFigures; baselines: Baselines }[]
  use: UseOverhead
}

/** The results as Markdown, as they stand in RESULTS.md. */
export function reportOf(results: Results): string {
  return [
    '# Results',
    'Written by `npm run bench -- --write`; what is measured, and how to read it, is in README.md beside this file.',
    results.machine.map((line) => `- ${line}`).join('\n'),
    '## Webhook → one Salesforce record with the parent’s grant → reply',
    jobTable(results),
    '## The same machine without Behalf',
    baselineTable(results),
    '## One request of an action, one at a time',
    overheadTable(results.use),
    '## Statements of one job',
    statementTables(results),
  ].join('\n\n')
}

function jobTable({ at }: Results): string {
  return table(
    [
      'at once',
      'jobs/s',
      'p50 ms',
      'p95 ms',
      'p99 ms',
      'statements',
      'commits',
      'WAL bytes',
      'CPU ms',
      'PostgreSQL CPU ms',
      'taken by others',
    ],
    at.map(({ concurrency, jobs }) => [
      concurrency,
      ...figureCells(jobs),
      sumOf(jobs).toFixed(1),
      jobs.writesPerJob.toFixed(1),
      Math.round(jobs.walBytesPerJob),
      jobs.behalfCpuMsPerJob.toFixed(2),
      jobs.postgresCpuMsPerJob?.toFixed(2) ?? 'not told',
      jobs.takenByOthers === null ? 'not told' : `${Math.round(jobs.takenByOthers * 100)} %`,
    ]),
  )
}

function baselineTable({ at }: Results): string {
  return table(
    ['at once', 'calls/s', 'p50 ms', 'durable commits/s', 'p50 ms', 'jobs/s per calls/s', 'jobs/s per commits/s'],
    at.map(({ concurrency, jobs, baselines: { call, commit } }) => [
      concurrency,
      call.perSecond.toFixed(0),
      call.p50.toFixed(2),
      commit.perSecond.toFixed(0),
      commit.p50.toFixed(2),
      (jobs.perSecond / call.perSecond).toFixed(3),
      (jobs.perSecond / commit.perSecond).toFixed(3),
    ]),
  )
}

function overheadTable({ bound, raw }: UseOverhead): string {
  const difference = (read: (figures: Figures) => number): string => (read(bound) - read(raw)).toFixed(2)
  return table(
    ['', 'p50 ms', 'p99 ms'],
    [
      ['with a grant, checked', bound.p50.toFixed(2), bound.p99.toFixed(2)],
      ['bare', raw.p50.toFixed(2), raw.p99.toFixed(2)],
      ['what Behalf adds', difference(({ p50 }) => p50), difference(({ p99 }) => p99)],
    ],
  )
}

/** Below this a statement is not of the job but of what runs beside it. */
const PER_JOB_AT_LEAST = 0.02

function statementTables({ at }: Results): string {
  return at
    .map(({ concurrency, jobs }) => {
      const often = jobs.statements.filter(({ perJob }) => perJob >= PER_JOB_AT_LEAST)
      const rows = often.map(({ statement, perJob }) => [perJob.toFixed(2), `\`${shorten(statement)}\``])
      return `At ${concurrency} at once:\n\n${table(['per job', 'statement'], rows)}`
    })
    .join('\n\n')
}

const sumOf = ({ statements }: JobFigures): number => statements.reduce((sum, { perJob }) => sum + perJob, 0)

const figureCells = ({ perSecond, p50, p95, p99 }: Figures): string[] => [
  perSecond.toFixed(0),
  ...[p50, p95, p99].map((ms) => ms.toFixed(1)),
]

const shorten = (statement: string): string => {
  const text = statement.replaceAll('"', '').replaceAll('|', '\\|')
  return text.length > 110 ? `${text.slice(0, 109)}…` : text
}

/** One after the other; a part of the old one with the title of a new one is replaced in its place. */
export function mergeReports(old: string, fresh: string): string {
  const parts = new Map([...partsOf(old), ...partsOf(fresh)])
  return [...parts.values()].join('\n\n')
}

function partsOf(report: string): [title: string, part: string][] {
  const parts = report.split(/\n(?=## )/).map((part) => part.trim())
  return parts.filter((part) => part !== '').map((part) => [part.split('\n', 1)[0] ?? '', part])
}

export function table(head: string[], rows: (string | number)[][]): string {
  const line = (cells: (string | number)[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
