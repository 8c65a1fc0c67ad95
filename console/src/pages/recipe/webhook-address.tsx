import { Button, Card, Stack, Text } from '@mantine/core'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Recipe } from '../../contract.ts'
import { CopyField } from '../../parts/copy-field.tsx'
import { useCan } from '../../session.ts'

/** Makes a webhook's secret address and shows it this once; the one before stops to work. */
export function WebhookAddress({ recipe }: { recipe: Recipe }) {
  const can = useCan()
  const make = useAct({ run: () => request<{ data: { url: string } }>('POST', `/recipes/${recipe.id}/webhook`, {}) })
  if (!can('recipes.edit')) return null
  return (
    <Card>
      <Stack gap="sm">
        <Text fw={600}>Webhook address</Text>
        {make.data ? (
          <>
            <CopyField value={make.data.data.url} label="Webhook address" />
            <Text size="sm">Copy it now: it is a secret, and it is not shown again.</Text>
          </>
        ) : (
          <>
            <Text size="sm" c="dimmed">
              The address is a secret that is shown once. Making a new one ends the one before.
            </Text>
            <Button variant="default" w="fit-content" loading={make.isPending} onClick={() => make.mutate()}>
              Make a new address
            </Button>
          </>
        )}
      </Stack>
    </Card>
  )
}
