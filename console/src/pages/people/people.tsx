import { Anchor, Button, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { peopleQuery, rolesQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Person } from '../../contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { type Column, ListTable } from '../../parts/list-table.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { Time } from '../../parts/time.tsx'
import { useCan, useSession } from '../../session.ts'
import { DeactivateDialog } from './deactivate-dialog.tsx'
import { NewPersonDialog } from './new-person-dialog.tsx'
import { PersonDrawer } from './person-drawer.tsx'

/** The people of the workspace and their roles. */
export function People() {
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<Person>()
  const [shown, setShown] = useState<Person>()
  const mayEdit = useCan()('people.edit')
  const columns: Column<Person>[] = [
    { title: 'Person', cell: (person) => <Name person={person} onOpen={() => setShown(person)} /> },
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
      {shown && <PersonDrawer person={shown} onClose={() => setShown(undefined)} />}
      {leaving && <DeactivateDialog person={leaving} onClose={() => setLeaving(undefined)} />}
    </Page>
  )
}

function Name({ person, onOpen }: { person: Person; onOpen: () => void }) {
  const me = useSession().person.id === person.id
  return (
    <Stack gap={0}>
      <Text size="sm" component="span">
        <Anchor component="button" type="button" onClick={onOpen} fw={600} size="sm" ta="start">
          {person.name}
        </Anchor>
        {me && (
          <Text span c="dimmed">
            {' '}
            (you)
          </Text>
        )}
      </Text>
      <Text size="xs" c="dimmed">
        {person.email ?? (person.kind === 'service' ? 'Service person' : 'Of a product')}
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
  if (person.kind !== 'member') return '–'
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
    note: `${person.name} is active again.`,
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
