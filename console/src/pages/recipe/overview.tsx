import { Card, Grid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { projectsQuery } from '../../api/queries.ts'
import type { Recipe } from '../../contract.ts'
import { Empty } from '../../parts/empty.tsx'
import { Facts } from '../../parts/facts.tsx'
import { TextLink } from '../../parts/links.tsx'
import { ProblemList } from '../../parts/problem-list.tsx'
import { Time } from '../../parts/time.tsx'
import { asDocument, type Parameter } from '../../recipe/document.ts'
import { Steps } from '../../recipe/steps.tsx'
import { triggerWords } from '../../recipe/words.ts'
import { NamedConnections } from './named-connections.tsx'
import { WebhookAddress } from './webhook-address.tsx'

/** What the recipe does, for reading. */
export function Overview({ recipe }: { recipe: Recipe }) {
  const document = asDocument(recipe.document)
  const steps = document.steps ?? []
  return (
    <>
      <ProblemList title="Before it can be started" problems={recipe.problems} />
      {document.description && <Text maw={720}>{document.description}</Text>}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="sm">
            <Text fw={600}>Steps</Text>
            {steps.length === 0 ? (
              <Empty icon="recipe" title="No steps yet">
                Add them in the source: an action of an application, then a reply to whoever ran it.
              </Empty>
            ) : (
              <Steps steps={steps} connections={document.connections ?? {}} />
            )}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack>
            <About recipe={recipe} />
            <Parameters parameters={document.trigger?.parameters ?? []} />
            <NamedConnections recipe={recipe} />
            {recipe.trigger.kind === 'webhook' && <WebhookAddress recipe={recipe} />}
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  )
}

function About({ recipe }: { recipe: Recipe }) {
  const projects = useQuery(projectsQuery).data ?? []
  return (
    <Card>
      <Facts>
        {[
          ['Trigger', triggerWords(recipe.trigger)],
          ...(asDocument(recipe.document).trigger?.hidden ? [HIDDEN] : []),
          ...scheduleFacts(recipe),
          ['Runs as', recipe.personal ? <b key="as">The person who runs it</b> : 'The connections’ own accounts'],
          ['May be run by', runners(recipe)],
          ['Project', projects.find(({ id }) => id === recipe.project_id)?.name ?? '–'],
          [
            'Version',
            <TextLink key="version" to="/recipes/$id" params={{ id: recipe.id }} search={{ tab: 'versions' }}>
              {recipe.version}
            </TextLink>,
          ],
          ['Made', <Time key="made" at={recipe.created_at} />],
          ['Id', recipe.id],
        ]}
      </Facts>
    </Card>
  )
}

const HIDDEN: [string, string] = ['In help', 'Not shown: it runs when it is typed, or by a button']

const CAUGHT_UP = {
  none: 'Left out',
  latest: 'The last one is run',
  all: 'All are run, up to a hundred',
}

/** When it runs: in the schedule's own time zone, and next by the clock of whoever looks. */
function scheduleFacts({ schedule, document }: Recipe): [string, ReactNode][] {
  if (!schedule) return []
  const { cron, time_zone, next_run_at } = schedule
  const there =
    next_run_at && new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone: time_zone })
  return [
    ['Runs at', <code key="cron">{cron}</code>],
    ['Time zone', time_zone],
    [
      'Next run',
      <span key="next">
        <Time at={next_run_at} never="Not while it is stopped" />
        {there && (
          <Text size="xs" c="dimmed">
            {there.format(new Date(next_run_at))} in {time_zone}
          </Text>
        )}
      </span>,
    ],
    ['Missed runs', CAUGHT_UP[asDocument(document).trigger?.catch_up ?? 'latest']],
  ]
}

function runners({ trigger, shared_with }: Recipe): string {
  if (trigger.kind === 'webhook') return 'Whoever has its address'
  if (trigger.kind === 'schedule') return 'Nobody: it runs by itself'
  if (shared_with.everyone) return 'Everyone in the workspace'
  const names = [...shared_with.groups, ...shared_with.people].map(({ name }) => name)
  return names.length === 0 ? 'Nobody yet' : names.join(', ')
}

const TYPE = { text: 'Text', number: 'Number', boolean: 'Yes or no' } as const

function Parameters({ parameters }: { parameters: Parameter[] }) {
  if (parameters.length === 0) return null
  return (
    <Card>
      <Text fw={600} mb={4}>
        Asked of the person
      </Text>
      <Facts>
        {parameters.map(({ name, label, type, hint, required, choices }) => [
          label ?? name,
          <span key={name}>
            {type === 'choice' ? (choices ?? []).join(', ') : TYPE[type]}
            {required === false && ', optional'}
            {hint && (
              <Text size="xs" c="dimmed">
                {hint}
              </Text>
            )}
          </span>,
        ])}
      </Facts>
    </Card>
  )
}
