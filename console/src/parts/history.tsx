import { Button, Stack, Tabs, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { moreOf, usePages } from '../api/use-pages.ts'
import type { AuditEvent, CredentialUse } from '../contract.ts'
import { useCan } from '../session.ts'
import { eventWords } from './event-words.ts'
import classes from './history.module.css'
import { TextLink } from './links.tsx'
import { Loaded } from './loaded.tsx'
import { Time } from './time.tsx'

/** What was done with a connection, and what was done to it: two lists that grow. */
export function History({ connectionId }: { connectionId: string }) {
  return (
    <Tabs defaultValue="uses" keepMounted={false}>
      <Tabs.List mb="xs">
        <Tabs.Tab value="uses">Uses</Tabs.Tab>
        <Tabs.Tab value="events">History</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="uses">
        <Lines<CredentialUse>
          path={`/connections/${connectionId}/uses`}
          line={(use) => <Use use={use} />}
          empty="Not used yet. Every use is put on record here: which recipe and step, when, with what outcome."
        />
      </Tabs.Panel>
      <Tabs.Panel value="events">
        <Lines<AuditEvent>
          path={`/connections/${connectionId}/events`}
          line={(event) => <Event event={event} />}
          empty="Nothing on record yet. Who connects, changes or ends it, and when, shows here."
        />
      </Tabs.Panel>
    </Tabs>
  )
}

interface LinesProps<T> {
  path: string
  line: (row: T) => ReactNode
  empty: string
}

function Lines<T extends { id: string }>({ path, line, empty }: LinesProps<T>) {
  const query = usePages<T>(path, { limit: '10' })
  const more = moreOf(query)
  return (
    <Loaded query={query}>
      {(rows) =>
        rows.length === 0 ? (
          <Text size="sm" c="dimmed">
            {empty}
          </Text>
        ) : (
          <Stack gap="xs" align="flex-start">
            <ol className={classes.lines}>
              {rows.map((row) => (
                <li key={row.id}>{line(row)}</li>
              ))}
            </ol>
            {more.has && (
              <Button size="xs" variant="default" loading={more.busy} onClick={more.load}>
                Show more
              </Button>
            )}
          </Stack>
        )
      }
    </Loaded>
  )
}

function Use({ use }: { use: CredentialUse }) {
  const mayOpen = useCan()('job_history.view') && use.job_id !== null
  const name = use.recipe?.name ?? (use.action === 'test' ? 'Tested by a builder' : 'Outside of a recipe')
  const said = [
    use.step === null ? null : `step ${use.step}`,
    use.action === 'test' ? null : use.action,
    `${use.requests} ${use.requests === 1 ? 'request' : 'requests'}`,
    use.http_status === null ? null : `HTTP ${use.http_status}`,
    use.outcome.replaceAll('_', ' '),
    use.account_label && `as ${use.account_label}`,
  ]
  return (
    <Stack gap={0}>
      <Text size="sm">
        {mayOpen ? (
          <TextLink to="/jobs/$id" params={{ id: use.job_id! }} inherit>
            {name}
          </TextLink>
        ) : (
          name
        )}
        {' · '}
        <Time at={use.at} />
      </Text>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {said.filter(Boolean).join(' · ')}
      </Text>
    </Stack>
  )
}

function Event({ event }: { event: AuditEvent }) {
  const who = event.person?.name ?? (event.api_key_id === null ? 'Behalf' : 'An API key')
  const account = event.details.account
  return (
    <Stack gap={0}>
      <Text size="sm">
        {eventWords(event.action)} · <Time at={event.at} />
      </Text>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {who}
        {typeof account === 'string' && ` · as ${account}`}
      </Text>
    </Stack>
  )
}
