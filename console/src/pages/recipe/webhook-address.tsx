import { Button, Card, Stack, Text } from '@mantine/core'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Recipe } from '../../contract.ts'
import { WebhookShownOnce } from '../../parts/shown-once.tsx'
import { useCan } from '../../session.ts'

/** Makes a webhook's secret address anew and shows it this once; the one before stops to work. */
export function WebhookAddress({ recipe }: { recipe: Recipe }) {
  const mayEdit = useCan()('recipes.edit')
  const make = useAct({ run: () => request<{ data: { url: string } }>('POST', `/recipes/${recipe.id}/webhook`) })
  return (
    <Card>
      <Stack gap="sm">
        <Text fw={600}>Webhook address</Text>
        <Text size="sm" c="dimmed">
          The address is a secret that is shown once, when the recipe is first started. Making a new one ends the one
          before.
        </Text>
        {mayEdit && (
          <Button variant="default" w="fit-content" loading={make.isPending} onClick={() => make.mutate()}>
            Make a new address
          </Button>
        )}
      </Stack>
      <WebhookShownOnce url={make.data?.data.url} onClose={make.reset} />
    </Card>
  )
}
