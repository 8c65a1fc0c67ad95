import { moreOf, usePages } from '../../api/use-pages.ts'
import type { JobSummary, Recipe } from '../../contract.ts'
import { Empty } from '../../parts/empty.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { isUnfinished, JobTable } from '../jobs/job-table.tsx'

/** The runs of one recipe. */
export function RecipeJobs({ recipe }: { recipe: Recipe }) {
  const query = usePages<JobSummary>('/jobs', { recipe_id: recipe.id }, isUnfinished)
  return (
    <Loaded query={query}>
      {(jobs) =>
        jobs.length === 0 ? (
          <Empty icon="jobs" title="It has not run yet">
            Start it, then run it as yourself from the tab Run, or let people run it in chat.
          </Empty>
        ) : (
          <JobTable jobs={jobs} without={['Recipe']} more={moreOf(query)} />
        )
      }
    </Loaded>
  )
}
