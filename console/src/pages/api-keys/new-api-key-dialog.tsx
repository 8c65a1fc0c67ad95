import { Checkbox, Select, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { namespacesQuery, rolesQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { ApiKey } from '../../contract.ts'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { ShownOnce } from '../../parts/shown-once.tsx'
import { useSession } from '../../session.ts'

/** Makes a key with chosen privileges, at most one's own, and shows it this once. */
export function NewApiKeyDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [privileges, setPrivileges] = useState<string[]>(['recipes.run'])
  const [lastDay, setLastDay] = useState('')
  const [namespaceId, setNamespaceId] = useState<string | null>(null)
  const namespaces = useQuery(namespacesQuery).data ?? []
  const create = useAct({
    run: () =>
      request<{ data: ApiKey & { token: string } }>('POST', '/api_keys', {
        name,
        privileges,
        namespace_id: namespaceId ?? undefined,
        expires_at: lastDay === '' ? undefined : new Date(`${lastDay}T23:59:59`).toISOString(),
      }),
    quiet: true,
  })
  if (create.data) {
    return (
      <ShownOnce title="The new API key" secret={create.data.data.token} onClose={onClose}>
        Copy the key now: it is not shown again.
      </ShownOnce>
    )
  }
  return (
    <FormDialog
      title="New API key"
      submit="Create key"
      ready={privileges.length > 0}
      size="lg"
      act={create}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="What uses it."
        required
        data-autofocus
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label="Last day"
        description="Leave it empty for a key that does not end by itself."
        type="date"
        value={lastDay}
        onChange={(event) => setLastDay(event.currentTarget.value)}
      />
      {namespaces.length > 0 && (
        <Select
          label="Product"
          description="The key may then act as this product’s people, and as nobody else."
          placeholder="None"
          data={namespaces.map((one) => ({ value: one.id, label: one.name }))}
          value={namespaceId}
          onChange={setNamespaceId}
          clearable
        />
      )}
      <Checkbox.Group label="Privileges" value={privileges} onChange={setPrivileges}>
        <Stack gap={8} mt={6} mah={260} style={{ overflowY: 'auto' }}>
          <PrivilegeChoices />
        </Stack>
      </Checkbox.Group>
    </FormDialog>
  )
}

function PrivilegeChoices() {
  const roles = useQuery(rolesQuery).data ?? []
  const mine = useSession().privileges
  // Each privilege with its sentence, from the roles that hold it; nobody gives away what they do not have.
  const sentences = new Map(
    roles.flatMap((role) => role.privileges.map(({ name, sentence }) => [name, sentence] as const)),
  )
  return [...sentences]
    .filter(([name]) => mine.includes(name))
    .map(([name, sentence]) => <Checkbox key={name} value={name} label={sentence} description={name} />)
}
