import { Button, Text } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { queryString } from '../../api/request.ts'
import { moreOf, useCountedPages } from '../../api/use-pages.ts'
import type { Connection, Total } from '../../contract.ts'
import { ConsequenceDialog, type Intent } from '../../parts/consequence-dialog.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icon.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { ConnectionDrawer } from './connection-drawer.tsx'
import { ConnectionTable } from './connection-table.tsx'
import type { Filter } from './filter-names.ts'
import { Filters } from './filters.tsx'
import { LimitWarning } from './limit-warning.tsx'
import { RevokeMany } from './revoke-many.tsx'

const route = getRouteApi('/tools/runtime-user-connections')
const PATH = '/connections/runtime_user_connections'

/** Every account that a person connected at run time: whose, where from, with which rights, last used when; and the way to end it. */
export function RuntimeUserConnections() {
  const { open, ...filter } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useCountedPages<Connection>(PATH, filter)
  const [intent, setIntent] = useState<Intent>()
  const show = (id: string | undefined) => void navigate({ search: { ...filter, open: id }, replace: true })
  return (
    <Page
      title="Runtime user connections"
      lead="Accounts that people connected themselves so that recipes can act as them. Each is used for its own person only, and nobody can choose it in a recipe."
      actions={
        <>
          <ExportButton filter={filter} />
          <RevokeMany key={JSON.stringify(filter)} personId={filter.person_id} connector={filter.connector} />
        </>
      }
      wide
    >
      <LimitWarning />
      <Filters />
      <Loaded query={query}>
        {({ rows, total }) =>
          rows.length === 0 ? (
            <Nothing filtered={isFiltered(filter)} />
          ) : (
            <>
              <Text size="sm" c="dimmed" mb="xs" role="status">
                {countOf(total)}
              </Text>
              <ConnectionTable connections={rows} onOpen={show} more={moreOf(query)} />
            </>
          )
        }
      </Loaded>
      {open !== undefined && (
        <ConnectionDrawer
          key={open}
          id={open}
          known={query.data?.rows.find(({ id }) => id === open)}
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

function isFiltered({ sort, order, ...filter }: Filter): boolean {
  return Object.values(filter).some((value) => value !== undefined)
}

function countOf(total: Total | null): string {
  if (total === null) return ''
  const count = `${total.count.toLocaleString()}${total.or_more ? '+' : ''}`
  return `${count} ${total.count === 1 ? 'connection' : 'connections'}`
}

function ExportButton({ filter: { sort, order, ...filter } }: { filter: Filter }) {
  return (
    <Button
      component="a"
      href={`/api${PATH}/export.csv${queryString(filter)}`}
      download
      variant="default"
      leftSection={<Icon name="download" size={16} />}
    >
      Export CSV
    </Button>
  )
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <Empty
        icon="search"
        title="None fits"
        action={
          <ButtonLink to="/tools/runtime-user-connections" search={{}} variant="default" reloadDocument>
            Show all
          </ButtonLink>
        }
      >
        No connection of a person fits this search. A search finds the beginnings of words: “ali acme” finds Alice at
        Acme.
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
