import { Button, Group, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { peopleQuery, rolesQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Person } from '../../contract.ts'
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx'
import { Icon } from '../../parts/icon.tsx'
import { type Column, ListTable } from '../../parts/list-table.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { Time } from '../../parts/time.tsx'
import { useCan, useSession } from '../../session.ts'
import { NewPersonDialog } from './new-person-dialog.tsx'

/** The people of the workspace and their roles. */
export function People() {
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<Person>()
  const mayEdit = useCan()('people.edit')
  const columns: Column<Person>[] = [
    { title: 'Person', cell: (person) => <Name person={person} /> },
    { title: 'Role', cell: (person) => <Role person={person} /> },
    { title: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
    { title: 'Since', cell: ({ created_at }) => <Time at={created_at} /> },
    { title: '', cell: (person) => mayEdit && <Turn person={person} onLeaving={setLeaving} /> },
  ]
  return (
    <Page
      title="People"
      lead="Who can sign in, and what their role lets them do. Everyone can run what is shared with them and manage their own connections."
      actions={
        mayEdit && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setAdding(true)}>
            Add a person
          </Button>
        )
      }
      wide
    >
      <Loaded query={useQuery(peopleQuery)}>
        {(people) => <ListTable label="People" columns={columns} rows={people} rowId={({ id }) => id} />}
      </Loaded>
      {adding && <NewPersonDialog onClose={() => setAdding(false)} />}
      {leaving && <DeactivateDialog person={leaving} onClose={() => setLeaving(undefined)} />}
    </Page>
  )
}

function Name({ person }: { person: Person }) {
  const me = useSession().person.id === person.id
  return (
    <Stack gap={0}>
      <Text size="sm" fw={600}>
        {person.name}
        {me && (
          <Text span c="dimmed" fw={400}>
            {' '}
            (you)
          </Text>
        )}
      </Text>
      <Text size="xs" c="dimmed">
        {person.email ?? person.kind}
      </Text>
    </Stack>
  )
}

function Role({ person }: { person: Person }) {
  const mayEdit = useCan()('people.edit')
  const roles = useQuery(rolesQuery).data ?? []
  const change = useAct({
    run: (role: string) => request('PATCH', `/people/${person.id}`, { role }),
    note: `The role of ${person.name} is changed.`,
  })
  const label = roles.find(({ name }) => name === person.role)?.label ?? person.role
  if (!mayEdit || person.status === 'deactivated') return label
  return (
    <Select
      aria-label={`Role of ${person.name}`}
      size="xs"
      w={130}
      data={roles.map((role) => ({ value: role.name, label: role.label }))}
      value={person.role}
      onChange={(role) => role && role !== person.role && change.mutate(role)}
      allowDeselect={false}
    />
  )
}

function Turn({ person, onLeaving }: { person: Person; onLeaving: (person: Person) => void }) {
  const me = useSession().person.id === person.id
  const back = useAct({
    run: () => request('POST', `/people/${person.id}/reactivate`),
    note: `${person.name} can sign in again.`,
  })
  if (me) return null
  if (person.status === 'deactivated') {
    return (
      <Button size="xs" variant="default" loading={back.isPending} onClick={() => back.mutate()}>
        Reactivate
      </Button>
    )
  }
  return (
    <Button size="xs" variant="subtle" color="red" onClick={() => onLeaving(person)}>
      Deactivate
    </Button>
  )
}

function DeactivateDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const act = useAct({
    run: () => request('POST', `/people/${person.id}/deactivate`),
    note: `${person.name} is deactivated.`,
    quiet: true,
    done: onClose,
  })
  return (
    <ConfirmDialog
      title={`Deactivate ${person.name}?`}
      confirm="Deactivate"
      keep="Leave active"
      busy={act.isPending}
      error={act.error}
      onConfirm={() => act.mutate()}
      onClose={onClose}
    >
      <Group>
        <Text>
          {person.name} is signed out everywhere and can run nothing. All their own connections are disconnected and
          revoked at the applications; jobs of theirs that run are stopped before their next request. Reactivating does
          not bring the connections back.
        </Text>
      </Group>
    </ConfirmDialog>
  )
}
