import { Text } from '@mantine/core'
import type { JobSummary } from '../../contract.ts'
import { TextLink } from '../../parts/links.tsx'
import { type Column, ListTable } from '../../parts/list-table.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { surfaceWords } from '../../parts/surface-words.ts'
import { Duration, Time } from '../../parts/time.tsx'

interface JobTableProps {
  jobs: JobSummary[]
  /** Leaves out a column that would say the same in every row. */
  without?: ('Person' | 'Recipe')[]
  more?: { has: boolean; busy: boolean; load: () => void }
}

const COLUMNS: Column<JobSummary>[] = [
  {
    title: 'Recipe',
    cell: (job) => (
      <TextLink to="/jobs/$id" params={{ id: job.id }} fw={600}>
        {job.recipe.name}
      </TextLink>
    ),
  },
  { title: 'Status', cell: (job) => <Status job={job} /> },
  { title: 'Person', cell: (job) => job.person?.name ?? 'Nobody' },
  { title: 'From', cell: (job) => surfaceWords(job.surface) },
  { title: 'Error', cell: (job) => job.error_code ?? '–' },
  { title: 'Began', cell: (job) => <Time at={job.created_at} /> },
  { title: 'Took', cell: (job) => <Duration from={job.started_at} to={job.finished_at} /> },
]

function Status({ job }: { job: JobSummary }) {
  if (job.not_before === null) return <StatusBadge status={job.status} />
  return (
    <>
      <StatusBadge status={job.status} />
      <Text size="sm" c="dimmed">
        tried again <Time at={job.not_before} />
      </Text>
    </>
  )
}

/** Whether a job will look otherwise before long. */
export const isUnfinished = (job: JobSummary): boolean => job.finished_at === null

/** Jobs, newest first, each leading to its page. */
export function JobTable({ jobs, without = [], more }: JobTableProps) {
  const columns = COLUMNS.filter(({ title }) => !(without as string[]).includes(title))
  // Without its recipe a row is headed by the instant it began.
  const headed = without.includes('Recipe')
    ? [
        { title: 'Job', cell: (job: JobSummary) => <JobLink job={job} /> },
        ...columns.filter(({ title }) => title !== 'Began'),
      ]
    : columns
  return <ListTable label="Jobs" columns={headed} rows={jobs} rowId={(job) => job.id} more={more} />
}

function JobLink({ job }: { job: JobSummary }) {
  return (
    <TextLink to="/jobs/$id" params={{ id: job.id }} fw={600}>
      <Time at={job.created_at} />
    </TextLink>
  )
}
