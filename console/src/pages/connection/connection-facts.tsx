import { Card, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { childrenOfQuery, consequencesQuery, projectsQuery } from '../../api/queries.ts'
import type { Connection } from '../../contract.ts'
import { DelegationsOf } from '../../parts/delegations.tsx'
import { Facts } from '../../parts/facts.tsx'
import { TextLink } from '../../parts/links.tsx'
import { Time } from '../../parts/time.tsx'
import { useCan } from '../../session.ts'

/** Whose account it has, and what hangs on it: the recipes that use it and the people beneath it. */
export function ConnectionFacts({ connection }: { connection: Connection }) {
  const projects = useQuery(projectsQuery).data ?? []
  const { revocation } = connection
  return (
    <Stack>
      <Card>
        <Facts>
          {[
            ['Account', connection.account?.label ?? 'None yet'],
            ['Scopes', connection.scopes.length > 0 && connection.scopes.join(', ')],
            ['Connected', <Time key="connected" at={connection.last_authorized_at} never="Never" />],
            ['Last used', <Time key="used" at={connection.last_used_at} never="Never" />],
            ['Last grant', revocation && (revocation.outcome ?? revocation.status)],
            ['Project', projects.find(({ id }) => id === connection.project_id)?.name ?? '–'],
            ['Made', <Time key="made" at={connection.created_at} />],
          ]}
        </Facts>
      </Card>
      <Card>
        <Facts>
          {[
            ['People’s own', <Children key="children" connection={connection} />],
            ['Used by', <Recipes key="recipes" connection={connection} />],
          ]}
        </Facts>
      </Card>
      <DelegationsOf connection_id={connection.id} />
    </Stack>
  )
}

function Children({ connection: { id, children_count } }: { connection: Connection }): ReactNode {
  const enabled = useCan()('runtime_user_connections.view') && children_count !== 0
  const counts = useQuery({ ...childrenOfQuery(id), enabled }).data
  if (!counts || !children_count) return children_count ?? 0
  return (
    <Stack gap={4}>
      {Object.entries(counts).map(
        ([status, count]) =>
          count > 0 && (
            <TextLink key={status} to="/tools/runtime-user-connections" search={{ parent_id: id, status }} size="sm">
              {count.toLocaleString()} {status}
            </TextLink>
          ),
      )}
    </Stack>
  )
}

function Recipes({ connection: { id } }: { connection: Connection }): ReactNode {
  const can = useCan()
  // What cutting it off would stop is what uses it; only who may do that may ask, and a refusal would be put on record.
  const kind = can('connections.delete') ? 'delete' : 'disconnect'
  const enabled = kind === 'delete' || can('connections.edit')
  const recipes = useQuery({ ...consequencesQuery(id, kind), enabled }).data?.recipes
  if (recipes === undefined) return '–'
  if (recipes.length === 0) return 'No recipe yet'
  return (
    <Stack gap={4}>
      {recipes.map((recipe) =>
        can('recipes.view') ? (
          <TextLink key={recipe.id} to="/recipes/$id" params={{ id: recipe.id }} size="sm">
            {recipe.name}
          </TextLink>
        ) : (
          <Text key={recipe.id} size="sm">
            {recipe.name}
          </Text>
        ),
      )}
    </Stack>
  )
}
