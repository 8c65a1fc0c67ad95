import { Card, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { recipeDelegationsQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import type { NamedConnection, Recipe } from '../../contract.ts'
import { ActButton } from '../../parts/act-button.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { Time } from '../../parts/time.tsx'
import { useCan } from '../../session.ts'

/** The connections of people that the recipe names for functions, and whether each is delegated. Shows nothing where it names none. */
export function NamedConnections({ recipe }: { recipe: Recipe }) {
  const namesAny = JSON.stringify(recipe.document).includes('"connection_overrides":{"')
  const named = useQuery({ ...recipeDelegationsQuery(recipe.id), enabled: namesAny }).data ?? []
  if (!namesAny || named.length === 0) return null
  return (
    <Card>
      <Text fw={600} mb="xs">
        People’s connections it uses
      </Text>
      <Stack gap="sm">
        {named.map((one) => (
          <Named key={one.connection.id} recipe={recipe} named={one} />
        ))}
      </Stack>
    </Card>
  )
}

function Named({ recipe, named: { connection, person, state, at } }: { recipe: Recipe; named: NamedConnection }) {
  const canAsk = useCan()('recipes.edit') && recipe.status === 'started' && state !== 'delegated'
  return (
    <Group justify="space-between" gap="xs">
      <div>
        <Group gap="xs">
          <Text size="sm">
            {connection.name} of <b>{person.name}</b>
          </Text>
          <StatusBadge status={state} />
        </Group>
        <Text size="xs" c="dimmed">
          {WORDS[state]} {at && <Time at={at} />}
        </Text>
      </div>
      {canAsk && (
        <ActButton
          label="Ask again"
          variant="default"
          color="gray"
          title={`Ask ${person.name} once more?`}
          confirm="Ask"
          keep="Leave it"
          consequence="They are told in their chat, and by e-mail where that is set up. Nobody is asked more than once a day."
          run={() => request('POST', `/recipes/${recipe.id}/delegations/ask`, { connection_id: connection.id })}
          note={`${person.name} is asked.`}
        />
      )}
    </Group>
  )
}

const WORDS: Record<NamedConnection['state'], string> = {
  delegated: 'Until',
  asked: 'Its jobs wait for the answer. Asked',
  declined: 'Its jobs are refused. Declined',
  ended: 'Its jobs wait for it to be delegated anew. Ended',
  lapsed: 'The recipe does more than was delegated: its next job asks.',
  not_asked: 'They are asked when the recipe is started.',
}
