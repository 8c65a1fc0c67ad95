import { Card, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

interface RowCardProps {
  picture?: ReactNode
  title: string
  badges?: ReactNode
  /** What can be done with it; below the words where there is no room beside them. */
  actions?: ReactNode
  /** Beneath all of it, in its whole width. */
  below?: ReactNode
  children: ReactNode
}

/** One thing of a short list: what it is, a few words about it, and what can be done with it. */
export function RowCard({ picture, title, badges, actions, below, children }: RowCardProps) {
  return (
    <Card padding="md" component="section" aria-label={title}>
      <Group justify="space-between" gap="md">
        <Group wrap="nowrap" align="flex-start" style={{ flex: '1 1 280px', minWidth: 0 }}>
          {picture}
          <Stack gap={2} style={{ minWidth: 0 }}>
            <Group gap="xs">
              <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
                {title}
              </Text>
              {badges}
            </Group>
            {children}
          </Stack>
        </Group>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {below}
    </Card>
  )
}

/** A part of a page with its own heading. */
export function Section({
  title,
  lead,
  action,
  children,
}: {
  title: string
  lead?: string
  action?: ReactNode
  children: ReactNode
}) {
  return (
    <section aria-label={title}>
      <Group justify="space-between" align="flex-end" mb="sm" gap="sm">
        <Stack gap={2}>
          <Text component="h2" fw={650} fz="lg" m={0}>
            {title}
          </Text>
          {lead && (
            <Text size="sm" c="dimmed" maw={640}>
              {lead}
            </Text>
          )}
        </Stack>
        {action}
      </Group>
      {children}
    </section>
  )
}
