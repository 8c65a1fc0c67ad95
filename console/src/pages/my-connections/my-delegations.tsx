import { Button, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { delegationsQuery } from '../../api/queries.ts'
import type { MyConnection } from '../../contract.ts'
import { accountLabel, DelegateDialog } from '../../parts/delegate-dialog.tsx'
import { DelegationCard } from '../../parts/delegations.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Section } from '../../parts/row-card.tsx'

/** What a recipe may do with one's account while one is away, until a date. */
export function MyDelegations({ mine }: { mine: MyConnection[] }) {
  const [adding, setAdding] = useState(false)
  const possible = mine.flatMap(({ connection, parent_name, recipes }) =>
    connection?.status === 'connected' && recipes.length > 0
      ? [{ connection_id: connection.id, label: accountLabel(parent_name, connection), recipes }]
      : [],
  )
  return (
    <Section
      title="Delegated"
      lead="Recipes that nobody runs by hand, on a schedule or by a webhook, may use your account only where you delegated it to them, until a date you choose."
      action={
        possible.length > 0 && (
          <Button variant="default" size="sm" onClick={() => setAdding(true)}>
            Delegate
          </Button>
        )
      }
    >
      <Loaded query={useQuery(delegationsQuery)}>
        {(delegations) =>
          delegations.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing is delegated.
            </Text>
          ) : (
            <Stack gap="sm">
              {delegations.map((delegation) => (
                <DelegationCard key={delegation.id} delegation={delegation} path="/me/delegations" />
              ))}
            </Stack>
          )
        }
      </Loaded>
      {adding && <DelegateDialog possible={possible} onClose={() => setAdding(false)} />}
    </Section>
  )
}
