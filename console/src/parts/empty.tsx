import { Stack, Text, ThemeIcon } from '@mantine/core'
import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'

interface EmptyProps {
  icon: IconName
  title: string
  /** One or two sentences that teach what would be here and how it comes about. */
  children: ReactNode
  /** The next thing to do. */
  action?: ReactNode
}

/** In the place of an empty list. */
export function Empty({ icon, title, children, action }: EmptyProps) {
  return (
    <Stack
      align="center"
      gap="xs"
      px="md"
      py={48}
      ta="center"
      style={{ border: '1px dashed var(--behalf-line)', borderRadius: 'var(--mantine-radius-lg)' }}
    >
      <ThemeIcon size={44} radius="xl" variant="light">
        <Icon name={icon} size={22} />
      </ThemeIcon>
      <Text fw={600} mt={4}>
        {title}
      </Text>
      <Text c="dimmed" maw={460}>
        {children}
      </Text>
      {action && <div style={{ marginTop: 8 }}>{action}</div>}
    </Stack>
  )
}
