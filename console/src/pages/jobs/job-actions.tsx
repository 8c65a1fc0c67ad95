import { Button, Group } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Job } from '../../contract.ts'
import { ActButton } from '../../parts/act-button.tsx'
import { useCan, useSession } from '../../session.ts'

/** Whether a job is the signed-in person's: it ran as them, or with a connection they delegated. */
export function useIsMine(): (job: Job) => boolean {
  const { person } = useSession()
  return (job) => (job.person ?? job.delegator)?.id === person.id
}

/** What can be done with a job: end it, run it again or ask for that, and share it. */
export function JobActions({ job }: { job: Job }) {
  const mine = useIsMine()(job)
  return (
    <Group gap="xs">
      {job.finished_at === null ? <Cancel job={job} mine={mine} /> : <Again job={job} mine={mine} />}
      {mine && job.private && job.shared_until === null && <Share job={job} />}
    </Group>
  )
}

function Cancel({ job, mine }: { job: Job; mine: boolean }) {
  const mayAnybodys = useCan()('job_history.view', 'recipes.start_stop')
  const cancel = useAct({ run: () => request('POST', `/jobs/${job.id}/cancel`), note: 'The job is cancelled.' })
  if (!mine && !mayAnybodys) return null
  return (
    <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
      Cancel the job
    </Button>
  )
}

function Again({ job, mine }: { job: Job; mine: boolean }) {
  const can = useCan()
  const owner = job.person ?? job.delegator
  const navigate = useNavigate()
  const rerun = useAct({
    run: () => request<{ data: { id: string } }>('POST', `/jobs/${job.id}/rerun`),
    done: ({ data }) => void navigate({ to: '/jobs/$id', params: { id: data.id } }),
  })
  const ask = useAct({
    run: () => request('POST', `/jobs/${job.id}/ask-rerun`),
    note: `${owner?.name} was asked to run it again.`,
  })
  if (owner !== null && !mine)
    return (
      can('job_history.view') && (
        <Button variant="default" loading={ask.isPending} onClick={() => ask.mutate()}>
          Ask {owner.name} to run it again
        </Button>
      )
    )
  if (owner === null && !can('recipes.run', 'recipes.edit')) return null
  return (
    <Button variant="default" loading={rerun.isPending} onClick={() => rerun.mutate()}>
      Run again
    </Button>
  )
}

function Share({ job }: { job: Job }) {
  return (
    <ActButton
      label="Share for 24 hours"
      variant="default"
      color="pine"
      title="Share the data of this job?"
      confirm="Share for 24 hours"
      keep="Keep it private"
      consequence="Whoever may view job data in your workspace will see what this job was given, read and said, but for steps that its recipe masks. You can end it here at any time; that they looked is put on record."
      run={() => request('POST', `/jobs/${job.id}/share`)}
      note="The job is shared for 24 hours."
    />
  )
}
