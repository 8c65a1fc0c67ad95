import { Anchor, Badge, Button, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { externalPeopleQuery, peopleQuery, rolesQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { ListedPerson, Person } from '../../contract.ts'
import { Empty } from '../../parts/empty.tsx'
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
  const [shownId, setShownId] = useState<string>()
  const [whose, setWhose] = useState('here')
  const query = useQuery(whose === 'here' ? peopleQuery : externalPeopleQuery)
  const shown = query.data?.find(({ id }) => id === shownId)
  const mayEdit = useCan()('people.edit')
  const columns: Column<ListedPerson>[] = [
    { title: 'Person', cell: (person) => <Name person={person} onOpen={() => setShownId(person.id)} /> },
    { title: 'Role', cell: (person) => <Role person={person} /> },
    { title: 'Status', cell: (person) => <Status person={person} /> },
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
      <SegmentedControl
        aria-label="Whose people"
        data={[
          { value: 'here', label: 'Of this workspace' },
          { value: 'external', label: 'Of products' },
        ]}
        value={whose}
        onChange={setWhose}
        mb="md"
      />
      <Loaded query={query}>
        {(people) =>
          people.length === 0 ? (
            <Empty icon="people" title="Nobody yet">
              Whoever connects an account in a product that embeds Behalf shows here, under the product’s own id of
              them.
            </Empty>
          ) : (
            <ListTable label="People" columns={columns} rows={people} rowId={({ id }) => id} />
          )
        }
      </Loaded>
      {adding && <NewPersonDialog onClose={() => setAdding(false)} />}
      {shown && <PersonDrawer person={shown} onClose={() => setShownId(undefined)} />}
      {leaving && <DeactivateDialog person={leaving} onClose={() => setLeaving(undefined)} />}
    </Page>
  )
}

function Status({ person: { status, asking_paused_until } }: { person: ListedPerson }) {
  return (
    <Group gap={6}>
      <StatusBadge status={status} />
      {asking_paused_until !== null && <Badge color="yellow">Asking paused</Badge>}
    </Group>
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
        {person.email ?? WITHOUT_EMAIL[person.kind]}
      </Text>
    </Stack>
  )
}

const WITHOUT_EMAIL = { member: 'Known from a chat', service: 'Service person', external: 'Of a product' } as const

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
