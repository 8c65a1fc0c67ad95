import { SegmentedControl, Select, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { rolesQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { ShownOnce } from '../../parts/shown-once.tsx'

/** Adds a person. Their first password is made by the server and shown here this once, to be handed over. */
export function NewPersonDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [role, setRole] = useState('member')
  const [kind, setKind] = useState('member')
  const roles = useQuery(rolesQuery).data ?? []
  const add = useAct({
    run: () =>
      request<{ data: { initial_password: string | null } }>(
        'POST',
        '/people',
        kind === 'service' ? { kind, name } : { name, email, role },
      ),
    quiet: true,
    done: ({ data }) => data.initial_password === null && onClose(),
  })
  const password = add.data?.data.initial_password
  if (password) {
    return (
      <ShownOnce title={`First password of ${name}`} secret={password} onClose={onClose}>
        Copy it now and hand it over in a safe way. It is not shown again; with it they choose a password of their own.
      </ShownOnce>
    )
  }
  return (
    <FormDialog title="Add a person" submit="Add" act={add} onClose={onClose}>
      <SegmentedControl
        aria-label="Kind of person"
        data={[
          { value: 'member', label: 'A human' },
          { value: 'service', label: 'A service person' },
        ]}
        value={kind}
        onChange={setKind}
        w="fit-content"
      />
      <TextInput
        label="Name"
        required
        data-autofocus
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {kind === 'service' ? (
        <Text size="sm" c="dimmed">
          Stands for what no human does. It never signs in; an administrator connects its accounts, and delegates them
          to recipes.
        </Text>
      ) : (
        <>
          <TextInput
            label="E-mail"
            type="email"
            required
            autoComplete="off"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <Select
            label="Role"
            data={roles.map((one) => ({ value: one.name, label: one.label }))}
            value={role}
            onChange={(next) => next && setRole(next)}
            allowDeselect={false}
          />
          <RoleSentences
            sentences={roles.find((one) => one.name === role)?.privileges.map(({ sentence }) => sentence) ?? []}
          />
        </>
      )}
    </FormDialog>
  )
}

function RoleSentences({ sentences }: { sentences: string[] }) {
  if (sentences.length === 0) return null
  return (
    <Text size="xs" c="dimmed" mah={120} style={{ overflowY: 'auto' }}>
      {sentences.join('. ')}.
    </Text>
  )
}
