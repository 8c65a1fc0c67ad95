import { Code, Group, Select, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { peopleQuery } from '../../api/queries.ts'
import { moreOf, usePages } from '../../api/use-pages.ts'
import type { AuditEvent } from '../../contract.ts'
import { Empty } from '../../parts/empty.tsx'
import { type Column, ListTable } from '../../parts/list-table.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { Time } from '../../parts/time.tsx'
import { useCan } from '../../session.ts'

const route = getRouteApi('/audit')

const COLUMNS: Column<AuditEvent>[] = [
  { title: 'What', cell: ({ action }) => <Code>{action}</Code> },
  { title: 'Who', cell: ({ person, api_key_id }) => person?.name ?? api_key_id ?? 'Behalf' },
  {
    title: 'On what',
    cell: ({ target_id }) =>
      target_id === null ? (
        '–'
      ) : (
        <Text size="xs" ff="monospace">
          {target_id}
        </Text>
      ),
  },
  { title: 'Details', cell: ({ details }) => <Details details={details} /> },
  { title: 'When', cell: ({ at }) => <Time at={at} /> },
]

/** What was done, by whom, when. Nothing here can be changed or taken away. */
export function Audit() {
  const filter = route.useSearch()
  const query = usePages<AuditEvent>('/audit_events', filter)
  return (
    <Page title="Audit log" lead="Who did what, and when. It can only grow: nobody can change or remove a line." wide>
      <Filters />
      <Loaded query={query}>
        {(events) =>
          events.length === 0 ? (
            <Empty icon="audit" title="Nothing on record">
              {Object.values(filter).some((value) => value !== undefined)
                ? 'No event fits this filter.'
                : 'Every change of a connection, recipe, person or key will be put on record here.'}
            </Empty>
          ) : (
            <ListTable
              label="Audit events"
              columns={COLUMNS}
              rows={events}
              rowId={({ id }) => id}
              more={moreOf(query)}
            />
          )
        }
      </Loaded>
    </Page>
  )
}

function Filters() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const people = useQuery({ ...peopleQuery, enabled: useCan()('people.view') }).data ?? []
  const [action, setAction] = useState(search.action ?? '')
  const [target, setTarget] = useState(search.target_id ?? '')
  const set = useDebouncedCallback((change: Partial<typeof search>) => {
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  }, 250)
  return (
    <Group mb="md" gap="sm">
      <TextInput
        aria-label="Action"
        placeholder="Action, such as connection.deleted"
        value={action}
        onChange={(event) => {
          setAction(event.currentTarget.value)
          set({ action: event.currentTarget.value.trim() || undefined, target_id: target.trim() || undefined })
        }}
        style={{ flex: '1 1 220px' }}
        maw={300}
      />
      <TextInput
        aria-label="Id of what it was done to"
        placeholder="Id, such as con_…"
        value={target}
        onChange={(event) => {
          setTarget(event.currentTarget.value)
          set({ target_id: event.currentTarget.value.trim() || undefined, action: action.trim() || undefined })
        }}
        style={{ flex: '1 1 220px' }}
        maw={300}
      />
      <Select
        aria-label="Person"
        placeholder="Anyone"
        data={people.map(({ id, name }) => ({ value: id, label: name }))}
        value={search.person_id ?? null}
        onChange={(person_id) => set({ person_id: person_id ?? undefined })}
        clearable
        searchable
        w={200}
      />
    </Group>
  )
}

function Details({ details }: { details: Record<string, unknown> }) {
  const entries = Object.entries(details)
  if (entries.length === 0) return '–'
  return (
    <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      {entries
        .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join(' · ')}
    </Text>
  )
}
