import { Box, Button, Code, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { apiKeysQuery, namespacesQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { ApiKey } from '../../contract.ts'
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icon.tsx'
import { type Column, ListTable } from '../../parts/list-table.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { Time } from '../../parts/time.tsx'
import { Namespaces } from './namespaces.tsx'
import { NewApiKeyDialog } from './new-api-key-dialog.tsx'

/** The keys with which programs use the API. */
export function ApiKeys() {
  const [adding, setAdding] = useState(false)
  const [ending, setEnding] = useState<ApiKey>()
  const add = (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setAdding(true)}>
      New API key
    </Button>
  )
  const columns: Column<ApiKey>[] = [
    {
      title: 'Key',
      cell: ({ name }) => (
        <Text size="sm" fw={600}>
          {name}
        </Text>
      ),
    },
    { title: 'Ends in', cell: ({ hint }) => <Code>…{hint}</Code> },
    { title: 'Status', cell: (key) => <StatusBadge status={statusOf(key)} /> },
    { title: 'Product', cell: (key) => <Product id={key.namespace_id} /> },
    { title: 'Privileges', cell: ({ privileges }) => privileges.join(', ') },
    { title: 'Made', cell: ({ created_at }) => <Time at={created_at} /> },
    { title: 'Last used', cell: ({ last_used_at }) => <Time at={last_used_at} never="Never" /> },
    { title: 'Expires', cell: ({ expires_at }) => <Time at={expires_at} never="Never" /> },
    {
      title: '',
      cell: (key) =>
        key.revoked_at === null && (
          <Button size="xs" variant="subtle" color="red" onClick={() => setEnding(key)}>
            Revoke
          </Button>
        ),
    },
  ]
  return (
    <Page
      title="API keys and products"
      lead="A key lets a program use the API with the privileges you give it. A key of a product acts as that product’s own people; any other acts as no person, which recipes whose switch is on need."
      actions={add}
      wide
    >
      <Loaded query={useQuery(apiKeysQuery)}>
        {(keys) =>
          keys.length === 0 ? (
            <Empty icon="key" title="No API keys yet" action={add}>
              Make one for a program that runs recipes or reads the audit log. Give it only the privileges it needs.
            </Empty>
          ) : (
            <ListTable label="API keys" columns={columns} rows={keys} rowId={({ id }) => id} />
          )
        }
      </Loaded>
      <Box mt="xl">
        <Namespaces />
      </Box>
      {adding && <NewApiKeyDialog onClose={() => setAdding(false)} />}
      {ending && <RevokeDialog apiKey={ending} onClose={() => setEnding(undefined)} />}
    </Page>
  )
}

function Product({ id }: { id: string | null }) {
  const namespaces = useQuery(namespacesQuery).data ?? []
  return id === null ? '–' : (namespaces.find((one) => one.id === id)?.name ?? 'Deleted')
}

function statusOf({ revoked_at, expires_at }: ApiKey): string {
  if (revoked_at !== null) return 'revoked'
  return expires_at !== null && Date.parse(expires_at) < Date.now() ? 'expired' : 'active'
}

function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const revoke = useAct({
    run: () => request('DELETE', `/api_keys/${apiKey.id}`),
    note: `${apiKey.name} is revoked.`,
    quiet: true,
    done: onClose,
  })
  return (
    <ConfirmDialog
      title={`Revoke ${apiKey.name}?`}
      confirm="Revoke"
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <Text>Programs that use this key are refused from their next call on. It cannot be brought back.</Text>
    </ConfirmDialog>
  )
}
