import { Button, Group, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { identitiesQuery, peopleQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Person, PersonIdentity } from '../../contract.ts'
import { ActButton } from '../../parts/act-button.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Time } from '../../parts/time.tsx'

/** By which accounts in chats, and at sign-in providers, somebody is known; unlinks one, or says whose it is instead. */
export function Identities({ person }: { person: Person }) {
  const [linking, setLinking] = useState<PersonIdentity>()
  return (
    <Stack gap="xs">
      <Text fw={600}>Known by</Text>
      <Loaded query={useQuery(identitiesQuery(person.id))}>
        {(identities) =>
          identities.length === 0 ? (
            <Text size="sm" c="dimmed">
              No account in a chat or at a sign-in provider.
            </Text>
          ) : (
            identities.map((identity) => (
              <Line key={identity.id} person={person} identity={identity} onLink={() => setLinking(identity)} />
            ))
          )
        }
      </Loaded>
      {linking && <LinkDialog person={person} identity={linking} onClose={() => setLinking(undefined)} />}
    </Stack>
  )
}

interface LineProps {
  person: Person
  identity: PersonIdentity
  onLink: () => void
}

function Line({ person, identity, onLink }: LineProps) {
  const { id, kind, label, place, account, linked_at } = identity
  return (
    <Group gap="xs" justify="space-between">
      <Stack gap={0} style={{ flex: '1 1 200px', minWidth: 0 }}>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {label}: {account}
        </Text>
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {place} · since <Time at={linked_at} />
        </Text>
      </Stack>
      {person.status === 'active' && (
        <Group gap={4}>
          {kind === 'chat' && (
            <Button size="xs" variant="default" onClick={onLink}>
              Is somebody else’s
            </Button>
          )}
          <ActButton
            size="xs"
            label="Unlink"
            title={`Unlink ${label} from ${person.name}?`}
            confirm="Unlink"
            consequence={`The account ${account} is nobody’s until it speaks or signs in again, and is matched anew then. Sessions begun through it end, and links sent there do nothing any more. ${person.name}’s jobs and connections stay theirs.`}
            run={() => request('DELETE', `/people/${person.id}/identities/${id}`)}
            note={`${label} is unlinked from ${person.name}.`}
          />
        </Group>
      )}
    </Group>
  )
}

function LinkDialog({ person, identity, onClose }: { person: Person; identity: PersonIdentity; onClose: () => void }) {
  const [to, setTo] = useState<string | null>(null)
  const people = useQuery(peopleQuery).data ?? []
  const others = people.filter(({ id, kind, status }) => id !== person.id && kind === 'member' && status === 'active')
  const link = useAct({
    run: () => request('POST', `/people/${to}/identities`, { identity_id: identity.id }),
    note: `The ${identity.label} account is linked.`,
    quiet: true,
    done: onClose,
  })
  return (
    <FormDialog title="Whose account is it?" submit="Link" ready={to !== null} act={link} onClose={onClose}>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        From now on what is said by {identity.account} in {identity.label} ({identity.place}) is done as the person you
        choose, with their rights and their accounts. Both are told. {person.name}’s jobs and connections stay with{' '}
        {person.name}.
      </Text>
      <Select
        label="Person"
        placeholder="Choose who it is"
        searchable
        data-autofocus
        data={others.map(({ id, name, email }) => ({ value: id, label: email ? `${name} (${email})` : name }))}
        value={to}
        onChange={setTo}
        nothingFoundMessage="Nobody by that name"
      />
    </FormDialog>
  )
}
