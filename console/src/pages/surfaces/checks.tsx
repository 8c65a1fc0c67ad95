import { Button, Card, Group, Stack, Text, ThemeIcon, VisuallyHidden } from '@mantine/core'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { SurfaceCheck } from '../../contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { Refusal } from '../../parts/problem-list.tsx'

/** Tries what is saved, and says of each thing that must work whether it does. */
export function Checks({ name }: { name: string }) {
  const [found, setFound] = useState<SurfaceCheck[]>([])
  const check = useAct({
    run: () => request<{ data: SurfaceCheck[] }>('POST', `/surfaces/${encodeURIComponent(name)}/check`),
    done: ({ data }) => setFound(data),
    quiet: true,
  })
  return (
    <Card>
      <Stack>
        <Text size="sm">Tries what is saved at its vendor, each thing that must work in its turn.</Text>
        <div aria-live="polite">
          {found.length > 0 && (
            <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
              {found.map((one) => (
                <Outcome key={one.what} check={one} />
              ))}
            </Stack>
          )}
        </div>
        <Refusal error={check.error} />
        <Group justify="flex-end">
          <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
            {found.length > 0 ? 'Check again' : 'Check'}
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}

function Outcome({ check: { what, is_good, text } }: { check: SurfaceCheck }) {
  return (
    <Group component="li" wrap="nowrap" align="flex-start" gap="sm">
      <ThemeIcon size={24} radius="xl" variant="light" color={is_good ? 'pine' : 'red'} style={{ flex: 'none' }}>
        <Icon name={is_good ? 'check' : 'alert'} size={14} />
      </ThemeIcon>
      <Stack gap={0} style={{ minWidth: 0 }}>
        <Text size="sm" fw={600}>
          <VisuallyHidden>{is_good ? 'Good: ' : 'Not good: '}</VisuallyHidden>
          {what}
        </Text>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {text}
        </Text>
      </Stack>
    </Group>
  )
}
