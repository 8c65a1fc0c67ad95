import { Alert, Group, Text } from '@mantine/core'
import type { Recipe } from '../../contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { TextLink } from '../../parts/links.tsx'
import { Time } from '../../parts/time.tsx'
import { useCan } from '../../session.ts'
import { StartStop } from './start-stop.tsx'

/** That Behalf stopped the recipe: why, when, and what to do. Shows nothing when it did not. */
export function StoppedNotice({ recipe }: { recipe: Recipe }) {
  const can = useCan()
  const { id, stopped_reason: reason, stopped_at } = recipe
  if (reason === null) return null
  return (
    <Alert color="red" icon={<Icon name="alert" />} title="Behalf stopped this recipe" role="status" mb="lg">
      <Group justify="space-between" gap="md">
        <Text size="sm" style={{ flex: '1 1 320px' }}>
          {stopped_at && (
            <>
              Stopped <Time at={stopped_at} />:{' '}
            </>
          )}
          {reason}{' '}
          {can('job_history.view') && (
            <>
              <TextLink to="/recipes/$id" params={{ id }} search={{ tab: 'jobs' }} size="sm">
                Look at its jobs
              </TextLink>
              , mend what is wrong, then start it again.
            </>
          )}
        </Text>
        {can('recipes.start_stop') && <StartStop recipe={recipe} start="Start again" />}
      </Group>
    </Alert>
  )
}
