import { Box, Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { Icon } from './icon.tsx'
import { TextLink } from './links.tsx'

interface PageProps {
  title: string
  /** One or two sentences on what this page is for. */
  lead?: ReactNode
  /** Beside the title, before it: an application's picture. */
  picture?: ReactNode
  /** After the title: its state. */
  badge?: ReactNode
  actions?: ReactNode
  back?: { to: '/recipes' | '/connections' | '/jobs' | '/my/jobs' | '/surfaces'; label: string }
  /** Tables get more room than prose. */
  wide?: boolean
  children: ReactNode
}

/** A page's frame: the title (also the document's), what can be done with the whole, and its content. */
export function Page({ title, lead, picture, badge, actions, back, wide = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Behalf`
  }, [title])
  return (
    <Stack gap="lg" maw={wide ? 1480 : 1040} mx="auto" px={{ base: 'md', sm: 'xl' }} py={{ base: 'md', sm: 'xl' }}>
      <Stack gap={6}>
        {back && (
          <TextLink to={back.to} size="sm" c="dimmed" w="fit-content">
            <Group gap={6} component="span">
              <Icon name="back" size={15} />
              {back.label}
            </Group>
          </TextLink>
        )}
        <Group justify="space-between" align="flex-start" gap="md">
          <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
            {picture}
            <Group gap="xs">
              <Title order={1} style={{ overflowWrap: 'anywhere' }}>
                {title}
              </Title>
              {badge}
            </Group>
          </Group>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
        {lead && (
          <Text c="dimmed" maw={720}>
            {lead}
          </Text>
        )}
      </Stack>
      <Box>{children}</Box>
    </Stack>
  )
}
