import { Alert, Button, Card, Grid, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { jobQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Job } from '../../contract.ts'
import { Facts } from '../../parts/facts.tsx'
import { Icon } from '../../parts/icon.tsx'
import { JobDataView } from '../../parts/job-data-view.tsx'
import { TextLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { surfaceWords } from '../../parts/surface-words.ts'
import { Duration, Time } from '../../parts/time.tsx'
import { useCan, useSession } from '../../session.ts'
import { ConnectButton } from '../my-connections/my-connection-actions.tsx'
import { JobSteps } from './job-steps.tsx'

const route = getRouteApi('/jobs/$id')

/** One run: what it waits for, its steps with the person and account of each, and its data for those who may see it. */
export function JobPage() {
  const { id } = route.useParams()
  const query = useQuery(jobQuery(id))
  const job = query.data
  const all = useCan()('job_history.view')
  return (
    <Page
      title={job?.recipe.name ?? 'Job'}
      badge={job && <StatusBadge status={job.status} />}
      back={all ? { to: '/jobs', label: 'Jobs' } : { to: '/my/jobs', label: 'My jobs' }}
      actions={job && <Cancel job={job} />}
    >
      <Loaded query={query}>
        {(job) => (
          <Stack gap="lg">
            <Waits job={job} />
            <Grid gap="lg">
              <Grid.Col span={{ base: 12, md: 7 }}>
                <JobSteps job={job} />
              </Grid.Col>
              <Grid.Col span={{ base: 12, md: 5 }}>
                <Stack>
                  <About job={job} />
                  <Data job={job} />
                </Stack>
              </Grid.Col>
            </Grid>
          </Stack>
        )}
      </Loaded>
    </Page>
  )
}

function Waits({ job }: { job: Job }) {
  const { person } = useSession()
  if (job.waits.length === 0) return null
  const mine = job.person?.id === person.id
  return (
    <Alert
      variant="light"
      color={mine ? 'pine' : 'yellow'}
      icon={<Icon name="plug" />}
      title="Waiting for a connection"
    >
      <Stack gap="xs">
        <Text size="sm">
          {mine
            ? 'Connect your own account, and this job goes on by itself.'
            : `${job.person?.name ?? 'Somebody'} was asked to connect. The job goes on by itself when they have.`}
        </Text>
        {job.waits.map((wait) => (
          <Group key={wait.connection_id} justify="space-between">
            <Text size="sm">
              <b>{wait.connection_name}</b> · lapses <Time at={wait.expires_at} />
            </Text>
            {mine && <ConnectButton parentId={wait.connection_id} label="Connect" />}
          </Group>
        ))}
      </Stack>
    </Alert>
  )
}

function About({ job }: { job: Job }) {
  const canSeeRecipes = useCan()('recipes.view')
  return (
    <Card>
      <Facts>
        {[
          ['Ran as', job.person?.name ?? 'Nobody: the connections of the recipe were used'],
          [
            'Recipe',
            canSeeRecipes ? (
              <TextLink key="recipe" to="/recipes/$id" params={{ id: job.recipe.id }}>
                {job.recipe.name}, version {job.recipe_version}
              </TextLink>
            ) : (
              `${job.recipe.name}, version ${job.recipe_version}`
            ),
          ],
          ['Came from', surfaceWords(job.surface)],
          ['Invoked', <Time key="at" at={job.created_at} />],
          ['Started', <Time key="started" at={job.started_at} never="Not yet" />],
          ['Ended', <Time key="ended" at={job.finished_at} never="Not yet" />],
          [
            'Took',
            job.finished_at === null ? null : <Duration key="took" from={job.started_at} to={job.finished_at} />,
          ],
          ['Error', job.error_code],
          ['Privacy', job.private && `Its data is for ${job.person?.name ?? 'its person'} alone.`],
        ]}
      </Facts>
    </Card>
  )
}

function Data({ job }: { job: Job }) {
  if (job.input === null && job.result === null && job.error === null) return null
  return (
    <Card>
      <Stack gap="sm">
        <JobDataView name="Error" data={job.error} />
        <JobDataView name="Input" data={job.input} />
        <JobDataView name="Result" data={job.result} />
      </Stack>
    </Card>
  )
}

const UNFINISHED = new Set(['waiting_for_connection', 'waiting_for_answer', 'queued', 'running'])

function Cancel({ job }: { job: Job }) {
  const { person } = useSession()
  const cancel = useAct({ run: () => request('POST', `/jobs/${job.id}/cancel`), note: 'The job is cancelled.' })
  if (!UNFINISHED.has(job.status) || job.person?.id !== person.id) return null
  return (
    <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
      Cancel the job
    </Button>
  )
}
