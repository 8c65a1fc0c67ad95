import { Badge, Button, Group, Select, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { ChatMessage } from '../../contract.ts'
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx'
import { addMessages } from './use-chat-stream.ts'

type Pressable = ChatMessage['buttons'][number]
type Menu = ChatMessage['menus'][number]

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
  return line.buttons.map((button) => <PressButton key={JSON.stringify(button.press)} line={line} button={button} />)
}

/** The menus below a line: choosing is pressing. */
export function Menus({ line }: { line: ChatMessage }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: menus have no other identity
  return line.menus.map((menu, index) => <PressMenu key={index} line={line} menu={menu} />)
}

const COLORS = { success: 'pine', failure: 'red', neutral: 'gray' } as const
const VARIANTS = { primary: 'filled', plain: 'default', danger: 'subtle' } as const

function PressMenu({ line, menu }: { line: ChatMessage; menu: Menu }) {
  const act = usePress(line)
  return (
    <Select
      size="sm"
      aria-label={menu.label}
      placeholder={menu.label}
      searchable={menu.options.length > SHOWN_AT_ONCE}
      disabled={act.isPending}
      // Choosing the same once more is pressing once more.
      value={null}
      data={menu.options.map(({ label }, index) => ({ label, value: String(index) }))}
      onChange={(index) => {
        const option = menu.options[Number(index)]
        if (index !== null && option) act.mutate(option.press)
      }}
    />
  )
}

const SHOWN_AT_ONCE = 10

function usePress(line: ChatMessage, done?: () => void) {
  const queries = useQueryClient()
  return useAct({
    run: (press: Pressable['press']) =>
      request<{ data: ChatMessage[] }>('POST', '/chat/presses', { press, line_id: line.id }),
    done: ({ data }) => {
      done?.()
      addMessages(queries, data)
    },
  })
}

/** `about` tells buttons of the same name apart for who cannot see where they stand. */
function PressButton({ line, button, about }: { line: ChatMessage; button: Pressable; about?: string }) {
  const [asking, setAsking] = useState(false)
  const act = usePress(line, () => setAsking(false))
  const press = () => act.mutate(button.press)
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
