import { Alert, Button, Card, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { type FieldErrors, fieldErrors } from '../../api/field-errors.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Job, Recipe } from '../../contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { ButtonLink, safeHref } from '../../parts/links.tsx'
import { Refusal } from '../../parts/problem-list.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { asDocument } from '../../recipe/document.ts'
import { useSession } from '../../session.ts'
import { beginningOf, type Input, RunInput, sentInput } from './run-input.tsx'

// Long enough that an ordinary run shows its end here, short enough that nobody waits at a dead form.
const WAIT_SECONDS = 8

/** Runs the recipe as the person who is signed in, with a form made from what it asks for; what is wrong with the input is said at its field. */
export function Run({ recipe }: { recipe: Recipe }) {
  const { person } = useSession()
  const { trigger } = asDocument(recipe.document)
  const [input, setInput] = useState(() => beginningOf(trigger))
  const run = useAct({
    run: () =>
      request<{ data: StartedJob }>('POST', `/recipes/${recipe.id}/run`, {
        input: sentInput(trigger, input),
        wait_seconds: WAIT_SECONDS,
      }),
    quiet: true,
  })
  const errors = fieldErrors(run.error)
  // What was said of the input before is not said of another.
  const change = (next: Input) => {
    setInput(next)
    if (run.error) run.reset()
  }
  const byItself = recipe.trigger.kind === 'schedule'
  if (recipe.trigger.kind === 'webhook') {
    return <Text c="dimmed">A webhook is run by whoever calls its address; its overview makes one.</Text>
  }
  if (recipe.trigger.kind === 'function') {
    return <Text c="dimmed">A function is run by the recipes that call it, and with their input.</Text>
  }
  return (
    <Stack maw={620}>
      {recipe.status === 'stopped' && (
        <Alert color="yellow" icon={<Icon name="alert" />}>
          The recipe is stopped. Start it first: above, on the right.
        </Alert>
      )}
      <Card>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            run.mutate()
          }}
        >
          <Stack>
            <Text size="sm" c="dimmed">
              {recipe.personal
                ? `It runs as you, ${person.name}, with your own accounts. What it makes is real and credited to you.`
                : 'It runs with the connections’ own accounts. What it makes is real.'}
              {byItself && ' It runs by itself when it is due; here it runs once more, as nobody.'}
            </Text>
            <RunInput trigger={trigger} value={input} errors={errors} onChange={change} />
            <Refusal error={Object.keys(errors).length > 0 ? inputError(errors) : run.error} />
            <Group>
              <Button type="submit" loading={run.isPending} leftSection={<Icon name="play" size={16} />}>
                {byItself ? 'Run now' : `Run as ${person.name}`}
              </Button>
            </Group>
          </Stack>
        </form>
      </Card>
      {run.data && <Begun job={run.data.data} />}
    </Stack>
  )
}

/** The fields say what is wrong with each; here stands what belongs to none. */
const inputError = (errors: FieldErrors): Error =>
  new Error(
    `The input does not fit.${errors[''] === undefined ? ' Look at the fields marked above.' : ` ${errors['']}`}`,
  )

/** A job as running it answers: with the connect page of what it waits for, for the person whose job it is. */
type StartedJob = Job & { connect_url: string | null }

function Begun({ job }: { job: StartedJob }) {
  const connect = job.connect_url === null ? undefined : safeHref(job.connect_url)
  return (
    <Card role="status">
      <Group justify="space-between">
        <Group gap="sm">
          <StatusBadge status={job.status} />
          <Text size="sm">
            {job.status === 'waiting_for_connection'
              ? 'It waits for you to connect your account.'
              : `The job has ${job.finished_at === null ? 'begun' : 'ended'}.`}
          </Text>
        </Group>
        <Group gap="xs">
          <ButtonLink to="/jobs/$id" params={{ id: job.id }} variant="default" size="sm">
            Open the job
          </ButtonLink>
          {connect && (
            <Button component="a" href={connect} size="sm">
              Connect
            </Button>
          )}
        </Group>
      </Group>
    </Card>
  )
}
