import { Button, MultiSelect, Group as Row, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { groupsQuery, peopleQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Group } from '../../contract.ts'
import { ActButton } from '../../parts/act-button.tsx'
import { Empty } from '../../parts/empty.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { Icon } from '../../parts/icon.tsx'
import { type Column, ListTable } from '../../parts/list-table.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { useCan } from '../../session.ts'

/** Groups of people, with which recipes are shared. */
export function Groups() {
  const [editing, setEditing] = useState<Group | 'new'>()
  const mayEdit = useCan()('people.edit')
  const add = mayEdit && (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setEditing('new')}>
      New group
    </Button>
  )
  const columns: Column<Group>[] = [
    { title: 'Group', cell: ({ name }) => <Text fw={600}>{name}</Text> },
    { title: 'People', cell: ({ members }) => members.map(({ name }) => name).join(', ') || 'Nobody yet' },
    { title: '', cell: (group) => mayEdit && <Actions group={group} onEdit={() => setEditing(group)} /> },
  ]
  return (
    <Page
      title="Groups"
      lead="Share a recipe with a group, and whoever joins it can run the recipe."
      actions={add}
      wide
    >
      <Loaded query={useQuery(groupsQuery)}>
        {(groups) =>
          groups.length === 0 ? (
            <Empty icon="people" title="No groups yet" action={add}>
              A group such as “Sales” saves sharing each recipe with each person.
            </Empty>
          ) : (
            <ListTable label="Groups" columns={columns} rows={groups} rowId={({ id }) => id} />
          )
        }
      </Loaded>
      {editing && <GroupDialog group={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />}
    </Page>
  )
}

function Actions({ group: { id, name }, onEdit }: { group: Group; onEdit: () => void }) {
  return (
    <Row gap="xs" wrap="nowrap">
      <Button size="xs" variant="default" onClick={onEdit}>
        Edit
      </Button>
      <ActButton
        size="xs"
        label="Delete"
        title={`Delete ${name}?`}
        confirm="Delete"
        consequence="Its people can no longer run what is shared with them only through this group. They stay people of the workspace."
        run={() => request('DELETE', `/groups/${id}`)}
        note={`${name} is deleted.`}
      />
    </Row>
  )
}

function GroupDialog({ group, onClose }: { group: Group | undefined; onClose: () => void }) {
  const [name, setName] = useState(group?.name ?? '')
  const [members, setMembers] = useState(group?.members.map(({ id }) => id) ?? [])
  const people = useQuery(peopleQuery).data ?? []
  const save = useAct({ run: () => store(group, name, members), note: 'Saved.', quiet: true, done: onClose })
  return (
    <FormDialog title={group ? group.name : 'New group'} submit="Save" act={save} onClose={onClose}>
      <TextInput
        label="Name"
        required
        data-autofocus
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <MultiSelect
        label="People"
        data={people
          .filter(({ kind, status }) => kind === 'member' && status === 'active')
          .map(({ id, name, email }) => ({ value: id, label: email ? `${name}, ${email}` : name }))}
        value={members}
        onChange={setMembers}
        searchable
      />
    </FormDialog>
  )
}

async function store(group: Group | undefined, name: string, person_ids: string[]): Promise<void> {
  const id = group?.id ?? (await request<{ data: { id: string } }>('POST', '/groups', { name })).data.id
  if (group && group.name !== name) await request('PATCH', `/groups/${id}`, { name })
  await request('PUT', `/groups/${id}/members`, { person_ids })
}
