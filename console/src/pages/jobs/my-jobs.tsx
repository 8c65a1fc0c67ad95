import { moreOf, usePages } from '../../api/use-pages.ts'
import type { JobSummary } from '../../contract.ts'
import { Empty } from '../../parts/empty.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { isUnfinished, JobTable } from './job-table.tsx'

/** What a person had done on their behalf. */
export function MyJobs() {
  const query = usePages<JobSummary>('/me/jobs', {}, isUnfinished)
  return (
    <Page title="My jobs" lead="Everything that was done on your behalf, and what still waits for you." wide>
      <Loaded query={query}>
        {(jobs) =>
          jobs.length === 0 ? (
            <Empty
              icon="history"
              title="You have run nothing yet"
              action={<ButtonLink to="/chat">Go to chat</ButtonLink>}
            >
              Type a command in chat. Each run becomes a job that you can follow here, step by step.
            </Empty>
          ) : (
            <JobTable jobs={jobs} without={['Person']} more={moreOf(query)} />
          )
        }
      </Loaded>
    </Page>
  )
}
