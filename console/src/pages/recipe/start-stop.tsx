import { Button } from '@mantine/core'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Recipe } from '../../contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { WebhookShownOnce } from '../../parts/shown-once.tsx'

/** Starts a recipe that is stopped, and stops one that is started. */
export function StartStop({ recipe, start = 'Start' }: { recipe: Recipe; start?: string }) {
  const started = recipe.status === 'started'
  const act = useAct({
    run: () =>
      request<{ data: { webhook_url?: string | null } }>('POST', `/recipes/${recipe.id}/${started ? 'stop' : 'start'}`),
    note: started ? 'Stopped. Nobody can run it now.' : 'Started. It can be run now.',
  })
  return (
    <>
      <Button
        variant={started ? 'default' : 'filled'}
        leftSection={<Icon name={started ? 'stop' : 'play'} size={16} />}
        loading={act.isPending}
        onClick={() => act.mutate()}
      >
        {started ? 'Stop' : start}
      </Button>
      <WebhookShownOnce url={act.data?.data.webhook_url} onClose={act.reset} />
    </>
  )
}
