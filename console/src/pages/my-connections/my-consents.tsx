import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { consentsQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import type { Consent } from '../../contract.ts'
import { ActButton } from '../../parts/act-button.tsx'
import { ConnectorIcon } from '../../parts/app-icon.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { RowCard, Section } from '../../parts/row-card.tsx'
import { Time } from '../../parts/time.tsx'

/** The recipes that may use one's own accounts, each with what it may do, and the way to take that back. */
export function MyConsents() {
  return (
    <Section
      title="Recipes you allow"
      lead="Each recipe that works with your account asked you once. It asks again when it would do more."
    >
      <Loaded query={useQuery(consentsQuery)}>
        {(consents) =>
          consents.length === 0 ? (
            <Text size="sm" c="dimmed">
              None yet. The first time you run a recipe that needs your account, its page asks you.
            </Text>
          ) : (
            <Stack gap="sm">
              {consents.map((consent) => (
                <ConsentCard key={consent.id} consent={consent} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Section>
  )
}

function ConsentCard({ consent: { id, recipe, connection, does, created_at } }: { consent: Consent }) {
  return (
    <RowCard
      picture={<ConnectorIcon connector={connection.connector} size={32} />}
      title={recipe.name}
      actions={
        <ActButton
          label="Withdraw"
          title={`No longer let “${recipe.name}” use your ${connection.name}?`}
          confirm="Withdraw"
          keep="Let it go on"
          consequence="A job of it that runs stops before its next request. The next time you run it, it asks you again. Your account stays connected for the other recipes."
          run={() => request('DELETE', `/me/consents/${id}`)}
          note={`“${recipe.name}” may no longer use your ${connection.name}.`}
        />
      }
    >
      <Text size="sm">
        {connection.name}
        {connection.account_label && `, ${connection.account_label}`} · allowed <Time at={created_at} />
      </Text>
      {does.length > 0 && (
        <Text size="sm" c="dimmed">
          It may {does.join('; ')}.
        </Text>
      )}
    </RowCard>
  )
}
