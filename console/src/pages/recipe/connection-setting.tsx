import { Card, Group, Select, Stack, Switch, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { parentsQuery } from '../../api/queries.ts'
import type { Connector, Recipe } from '../../contract.ts'
import { ConnectorIcon, useConnector } from '../../parts/app-icon.tsx'
import { TextLink } from '../../parts/links.tsx'
import type { RecipeConnection } from '../../recipe/document.ts'
import { useCan } from '../../session.ts'
import { switchObstacle } from './switch-obstacle.ts'

interface ConnectionSettingProps {
  /** The name by which the steps call it. */
  alias: string
  connection: RecipeConnection
  recipe: Recipe
  onChange: (next: RecipeConnection) => void
}

/** One connection of a recipe: which parent, and the switch. */
export function ConnectionSetting(props: ConnectionSettingProps) {
  const connector = useConnector(props.connection.connector)
  return (
    <Card component="section" aria-label={props.alias}>
      <Stack>
        <Group wrap="nowrap">
          <ConnectorIcon connector={props.connection.connector} size={36} />
          <div>
            <Text fw={600}>{connector?.label ?? props.connection.connector}</Text>
            <Text size="sm" c="dimmed">
              Called “{props.alias}” in the steps
            </Text>
          </div>
        </Group>
        <ParentPicker {...props} connector={connector} />
        <PersonalSwitch {...props} connector={connector} />
      </Stack>
    </Card>
  )
}

type PartProps = ConnectionSettingProps & { connector: Connector | undefined }

function ParentPicker({ connection, recipe, connector, onChange }: PartProps) {
  const can = useCan()
  // The server takes only those of the recipe's own project and environment, so no others are offered.
  const parents = (
    useQuery({ ...parentsQuery(connection.connector), enabled: can('connections.view') }).data ?? []
  ).filter(({ project_id, environment }) => project_id === recipe.project_id && environment === recipe.environment)
  const chosen = connection.connection_id ?? null
  const unknown = chosen !== null && !parents.some(({ id }) => id === chosen)
  const options = parents.map(({ id, name, account, authorization_status }) => ({
    value: id,
    label: `${name} · ${authorization_status === 'success' ? (account?.label ?? 'connected') : 'not connected'}`,
  }))
  return (
    <Select
      label="Connection"
      description={
        parents.length === 0 && can('connections.view') ? (
          <>
            There is none for {connector?.label ?? connection.connector} in this project and {recipe.environment} yet.{' '}
            <TextLink to="/connections/new" size="xs">
              Make one
            </TextLink>
          </>
        ) : undefined
      }
      placeholder="Choose a connection"
      data={unknown ? [...options, { value: chosen, label: `${chosen} (not among those you see)` }] : options}
      value={chosen}
      onChange={(id) => onChange({ ...connection, connection_id: id })}
      disabled={!can('recipes.edit')}
      maw={520}
    />
  )
}

function PersonalSwitch({ connection, recipe, connector, onChange }: PartProps) {
  const can = useCan()
  const on = connection.personal ?? false
  const obstacle = switchObstacle({ on, trigger: recipe.trigger.kind, connector, can })
  const label = connector?.label ?? connection.connector
  return (
    <Switch
      size="md"
      label="Use the account of the person who runs this"
      checked={on}
      disabled={obstacle !== null}
      onChange={(event) => onChange({ ...connection, personal: event.currentTarget.checked })}
      description={
        <>
          <span style={{ display: 'block', fontSize: 14, maxWidth: 620 }}>
            {on
              ? `On: each person connects their own ${label} account once; the steps run with their rights and are credited to them, never to the connection’s own account.`
              : `Off: every run uses the connection’s own ${label} account, whoever runs it, and is credited to that account.`}
          </span>
          <span style={{ display: 'block', marginTop: 4 }}>
            {obstacle ??
              'Changing it needs the privileges to edit recipes and to view and edit runtime user connections.'}
          </span>
        </>
      }
    />
  )
}
