import { Select } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { moreOf, usePages } from '../../api/use-pages.ts'
import type { JobStatus, JobSummary } from '../../contract.ts'
import { Empty } from '../../parts/empty.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { isUnfinished, JobTable } from './job-table.tsx'

const route = getRouteApi('/jobs')

const STATUSES: { value: JobStatus; label: string }[] = [
  { value: 'waiting_for_connection', label: 'Waiting for connection' },
  { value: 'waiting_for_answer', label: 'Waiting for answer' },
  { value: 'queued', label: 'Queued' },
  { value: 'running', label: 'Running' },
  { value: 'succeeded', label: 'Succeeded' },
  { value: 'failed', label: 'Failed' },
  { value: 'cancelled', label: 'Cancelled' },
  { value: 'expired', label: 'Expired' },
]

/** Every job of the workspace: that it ran, as whom, and how it ended. Whose data is private stays with them. */
export function Jobs() {
  const { status } = route.useSearch()
  const navigate = route.useNavigate()
  const query = usePages<JobSummary>('/jobs', { status }, isUnfinished)
  return (
    <Page
      title="Jobs"
      lead="Every run, as whom it ran and how it ended. Data of a person’s own connection is theirs alone."
      wide
    >
      <Select
        aria-label="Status"
        placeholder="Any status"
        data={STATUSES}
        value={status ?? null}
        onChange={(value) => void navigate({ search: { status: value ?? undefined }, replace: true })}
        clearable
        w={240}
        mb="md"
      />
      <Loaded query={query}>
        {(jobs) =>
          jobs.length === 0 ? (
            <Empty icon="jobs" title="No jobs" action={<ButtonLink to="/recipes">See recipes</ButtonLink>}>
              {status === undefined
                ? 'A job is one run of a recipe. Start a recipe and run it: from chat, by the API or by a webhook.'
                : 'No job is in this state at the moment.'}
            </Empty>
          ) : (
            <JobTable jobs={jobs} more={moreOf(query)} />
          )
        }
      </Loaded>
    </Page>
  )
}
