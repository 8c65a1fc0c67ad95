import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getData, queryString, request } from '../api/request.ts'
import type { Delegation } from '../contract.ts'
import { useCan, useSession } from '../session.ts'
import { ActButton } from './act-button.tsx'
import { RowCard } from './row-card.tsx'
import { StatusBadge } from './status-badge.tsx'
import { Time } from './time.tsx'

/**
 * What recipes may do without their person with the accounts of one person, or beneath one connection, for whoever may see those; and its
 * end, for whoever may end those. Shows nothing where nothing is delegated.
 */
export function DelegationsOf(of: { person_id: string } | { connection_id: string }) {
  const can = useCan()
  const query = useQuery({
    queryKey: ['delegations', of],
    queryFn: () => getData<Delegation[]>(`/delegations${queryString({ ...of })}`),
    enabled: can('runtime_user_connections.view'),
  })
  if (!query.data?.length) return null
  return (
    <Stack gap="xs">
      <Text fw={600}>Delegated</Text>
      {query.data.map((delegation) => (
        <DelegationCard
          key={delegation.id}
          delegation={delegation}
          path={can('runtime_user_connections.edit') ? '/delegations' : undefined}
        />
      ))}
    </Stack>
  )
}

interface DelegationCardProps {
  delegation: Delegation
  /** Below which it is ended; undefined for whoever may not. */
  path: '/me/delegations' | '/delegations' | undefined
}

/** One recipe that may use an account without its person, until when. */
export function DelegationCard({ delegation, path }: DelegationCardProps) {
  const { id, person, recipe, connection, state, expires_at } = delegation
  const mine = useSession().person.id === person.id
  const name = recipe?.name ?? 'A deleted recipe'
  const whose = mine ? 'you' : person.name
  return (
    <RowCard
      title={name}
      badges={<StatusBadge status={state} />}
      actions={
        path && (
          <ActButton
            label="End"
            title={`End what “${name}” may do without ${whose}?`}
            confirm="End it"
            keep="Let it go on"
            consequence={`“${name}” can no longer use ${connection.name} on its own. A job of it that runs stops before its next request.`}
            run={() => request('DELETE', `${path}/${id}`)}
            note="The delegation is ended."
          />
        )
      }
    >
      <Text size="sm">
        {connection.name}
        {connection.account_label && `, ${connection.account_label}`}
        {!mine && ` of ${person.name}`} · {state === 'expired' ? 'ended' : 'until'} <Time at={expires_at} />
      </Text>
      {state === 'lapsed' && (
        <Text size="sm" c="dimmed">
          {whyLapsed(delegation)} {mine && 'Delegate anew if that is right, or end it.'}
        </Text>
      )}
    </RowCard>
  )
}

function whyLapsed({ recipe, growth }: Delegation): string {
  if (recipe === null) return 'The recipe was deleted.'
  return `The recipe does more by now${growth.length > 0 ? `: it may ${growth.join('; ')}` : ''}.`
}
