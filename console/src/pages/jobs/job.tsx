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
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { surfaceWords } from '../../parts/surface-words.ts'
import { Duration, Time } from '../../parts/time.tsx'
import { useCan, useSession } from '../../session.ts'
import { ConnectButton } from '../my-connections/my-connection-actions.tsx'
import { JobActions, useIsMine } from './job-actions.tsx'
import { AnswerQuestion } from './job-question.tsx'
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
      actions={job && <JobActions job={job} />}
    >
      <Loaded query={query}>
        {(job) => (
          <Stack gap="lg">
            <Asks job={job} />
            <Later job={job} />
            <Shared job={job} />
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
  const mine = (job.person ?? job.delegator)?.id === person.id
  return (
    <Alert
      variant="light"
      color={mine ? 'pine' : 'yellow'}
      icon={<Icon name="plug" />}
      title="Waiting for a connection"
    >
      <Stack gap="xs">
        <Text size="sm">{waitsFor(job, mine)}</Text>
        {job.waits.map((wait) => (
          <Group key={wait.connection_id} justify="space-between">
            <Text size="sm">
              <b>{wait.connection_name}</b> · lapses <Time at={wait.expires_at} />
            </Text>
            {mine && job.person && <ConnectButton parentId={wait.connection_id} label="Connect" />}
            {mine && !job.person && (
              <ButtonLink size="sm" to="/my/connections">
                Answer
              </ButtonLink>
            )}
          </Group>
        ))}
      </Stack>
    </Alert>
  )
}

/** Of whoever runs it, or of who delegated the connection it uses. */
function waitsFor({ person, delegator }: Job, mine: boolean): string {
  if (mine && person) return 'Connect your own account, and this job goes on by itself.'
  if (mine) return 'It uses your account while nobody runs it: allow that, or connect again, and it goes on by itself.'
  const asked = person ? 'connect' : 'delegate their connection, or to connect it again'
  return `${(person ?? delegator)?.name ?? 'Somebody'} was asked to ${asked}. The job goes on by itself when they have.`
}

function Asks({ job }: { job: Job }) {
  if (job.status !== 'waiting_for_answer') return null
  const { question } = job
  return (
    <Alert
      variant="light"
      color={question ? 'pine' : 'yellow'}
      icon={<Icon name="chat" />}
      title="Waiting for an answer"
    >
      {question ? (
        <Stack gap="sm">
          <Text style={{ whiteSpace: 'pre-wrap' }}>{question.text}</Text>
          <AnswerQuestion key={question.step} id={job.id} question={question} />
          <Text size="sm" c="dimmed">
            Lapses <Time at={question.expires_at} />.
          </Text>
        </Stack>
      ) : (
        <Text size="sm">
          {job.person?.name ?? 'Its person'} was asked something. The job goes on with their answer.
        </Text>
      )}
    </Alert>
  )
}

function Later({ job }: { job: Job }) {
  if (job.not_before === null) return null
  return (
    <Alert variant="light" color="gray" icon={<Icon name="history" />} title="Waiting for the next try">
      <Text size="sm">
        A step failed. It is tried again <Time at={job.not_before} />.
      </Text>
    </Alert>
  )
}

function Shared({ job }: { job: Job }) {
  const mine = useIsMine()(job)
  const end = useAct({ run: () => request('DELETE', `/jobs/${job.id}/share`), note: 'The job is private again.' })
  if (job.shared_until === null) return null
  return (
    <Alert variant="light" color="yellow" icon={<Icon name="people" />} title="Shared">
      <Group justify="space-between">
        <Text size="sm">
          {mine ? 'You share' : `${(job.person ?? job.delegator)?.name} shares`} the data of this job with whoever may
          view job data. That ends <Time at={job.shared_until} />.
        </Text>
        {mine && (
          <Button variant="default" size="sm" loading={end.isPending} onClick={() => end.mutate()}>
            End it now
          </Button>
        )}
      </Group>
    </Alert>
  )
}

function About({ job }: { job: Job }) {
  const canSeeRecipes = useCan()('recipes.view')
  return (
    <Card>
      <Facts>
        {[
          ['Ran as', ranAs(job)],
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
          [
            'Privacy',
            job.private &&
              job.shared_until === null &&
              `Its data is for ${(job.person ?? job.delegator)?.name ?? 'its person'} alone.`,
          ],
        ]}
      </Facts>
    </Card>
  )
}

function ranAs({ person, delegator }: Job): string {
  if (person) return person.name
  return delegator
    ? `Nobody, with a connection that ${delegator.name} delegated`
    : 'Nobody: the connections of the recipe were used'
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
