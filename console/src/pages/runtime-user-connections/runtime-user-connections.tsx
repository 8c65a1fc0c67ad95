import { CloseButton, Group, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { connectorsQuery } from '../../api/queries.ts'
import { usePages } from '../../api/use-pages.ts'
import type { Connection } from '../../contract.ts'
import { ConsequenceDialog, type Intent } from '../../parts/consequence-dialog.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icon.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { ConnectionDrawer } from './connection-drawer.tsx'
import { ConnectionTable } from './connection-table.tsx'

const route = getRouteApi('/tools/runtime-user-connections')

/** Every account that a person connected at run time: whose, where from, with which rights, last used when; and the way to end it. */
export function RuntimeUserConnections() {
  const { open, ...filter } = route.useSearch()
  const navigate = route.useNavigate()
  const query = usePages<Connection>('/connections/runtime_user_connections', filter)
  const [intent, setIntent] = useState<Intent>()
  const show = (id: string | undefined) => void navigate({ search: { ...filter, open: id }, replace: true })
  const filtered = Object.values(filter).some((value) => value !== undefined)
  return (
    <Page
      title="Runtime user connections"
      lead="Accounts that people connected themselves so that recipes can act as them. Each is used for its own person only, and nobody can choose it in a recipe."
      wide
    >
      <Filters />
      <Loaded query={query}>
        {(connections) =>
          connections.length === 0 ? (
            <Nothing filtered={filtered} />
          ) : (
            <ConnectionTable
              connections={connections}
              onOpen={show}
              more={{ has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() }}
            />
          )
        }
      </Loaded>
      {open !== undefined && (
        <ConnectionDrawer
          key={open}
          id={open}
          known={query.data?.find(({ id }) => id === open)}
          onClose={() => show(undefined)}
          onIntent={setIntent}
        />
      )}
      {intent && (
        <ConsequenceDialog
          intent={intent}
          onClose={() => setIntent(undefined)}
          onDone={() => {
            setIntent(undefined)
            if (intent.of === 'delete') show(undefined)
          }}
        />
      )}
    </Page>
  )
}

const STATUSES = ['pending', 'connected', 'lost', 'disconnected', 'orphaned'].map((value) => ({
  value,
  label: value.charAt(0).toUpperCase() + value.slice(1),
}))

function Filters() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const connectors = useQuery(connectorsQuery).data ?? []
  const [text, setText] = useState(search.q ?? '')
  const set = (change: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const find = useDebouncedCallback((q: string) => set({ q: q === '' ? undefined : q }), 250)
  const onText = (next: string) => {
    setText(next)
    find(next.trim())
  }
  return (
    <Group mb="md" gap="sm">
      <TextInput
        aria-label="Search"
        placeholder="Person, account or connection"
        leftSection={<Icon name="search" size={16} />}
        rightSection={text !== '' && <CloseButton size="sm" aria-label="Clear the search" onClick={() => onText('')} />}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        style={{ flex: '1 1 240px' }}
        maw={360}
      />
      <Select
        aria-label="Status"
        placeholder="Any status"
        data={STATUSES}
        value={search.status ?? null}
        onChange={(status) => set({ status: status ?? undefined })}
        clearable
        w={170}
      />
      <Select
        aria-label="Application"
        placeholder="Any application"
        data={connectors.map(({ name, label }) => ({ value: name, label }))}
        value={search.connector ?? null}
        onChange={(connector) => set({ connector: connector ?? undefined })}
        clearable
        w={170}
      />
    </Group>
  )
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <Empty
        icon="search"
        title="None fits"
        action={
          <ButtonLink to="/tools/runtime-user-connections" search={{}} variant="default">
            Show all
          </ButtonLink>
        }
      >
        No connection of a person fits this search.
      </Empty>
    )
  }
  return (
    <Empty
      icon="shield"
      title="Nobody has connected an account yet"
      action={<ButtonLink to="/recipes">See recipes</ButtonLink>}
    >
      Turn on “Use the account of the person who runs this” in a recipe’s settings. Whoever runs it is then asked once,
      and their connection shows here.
    </Empty>
  )
}
