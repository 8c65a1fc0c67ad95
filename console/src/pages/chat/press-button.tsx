import { Badge, Button, Group, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { ChatMessage } from '../../contract.ts'
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx'
import { addMessages } from './use-chat-stream.ts'

type Pressable = ChatMessage['buttons'][number]

/** What a line lists, each with how it stands and what can be done with it. */
export function Items({ line }: { line: ChatMessage }) {
  return line.items.map(({ text, badge, buttons }) => (
    <Group key={text} gap="xs">
      <Badge color={COLORS[badge.tone]} variant="light">
        {badge.text}
      </Badge>
      <Text size="sm" style={{ flex: 1 }}>
        {text}
      </Text>
      {buttons.map((button) => (
        <PressButton key={button.label} line={line} button={button} about={text} />
      ))}
    </Group>
  ))
}

/** The buttons below a line. */
export function Buttons({ line }: { line: ChatMessage }) {
  return line.buttons.map((button) => <PressButton key={button.label} line={line} button={button} />)
}

const COLORS = { success: 'pine', failure: 'red', neutral: 'gray' } as const
const VARIANTS = { primary: 'filled', plain: 'default', danger: 'subtle' } as const

/** `about` tells buttons of the same name apart for who cannot see where they stand. */
function PressButton({ line, button, about }: { line: ChatMessage; button: Pressable; about?: string }) {
  const [asking, setAsking] = useState(false)
  const queries = useQueryClient()
  const act = useAct({
    run: () => request<{ data: ChatMessage[] }>('POST', '/chat/presses', { press: button.press, line_id: line.id }),
    done: ({ data }) => {
      setAsking(false)
      addMessages(queries, data)
    },
  })
  const press = () => act.mutate()
  return (
    <>
      <Button
        size={about === undefined ? 'sm' : 'compact-sm'}
        variant={VARIANTS[button.style]}
        {...(button.style === 'danger' && { color: 'red' })}
        loading={act.isPending && !asking}
        onClick={button.confirm === null ? press : () => setAsking(true)}
        {...(about !== undefined && { 'aria-label': `${button.label} ${about}` })}
      >
        {button.label}
      </Button>
      {asking && button.confirm !== null && (
        <ConfirmDialog
          title={`${button.label}?`}
          confirm={button.label}
          busy={act.isPending}
          error={act.error}
          onConfirm={press}
          onClose={() => setAsking(false)}
        >
          <Text>{button.confirm}</Text>
        </ConfirmDialog>
      )}
    </>
  )
}
