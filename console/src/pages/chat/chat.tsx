import { Group, Text, Title } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { chatQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { ChatMessage } from '../../contract.ts'
import { Loaded } from '../../parts/loaded.tsx'
import classes from './chat.module.css'
import { Composer } from './composer.tsx'
import { ChatLine } from './line.tsx'
import { addMessages, useChatStream } from './use-chat-stream.ts'

/** The conversation with Behalf: the same commands as in Slack and Teams, live. */
export function Chat() {
  const [text, setText] = useState('')
  const messages = useQuery(chatQuery)
  const queries = useQueryClient()
  const { down } = useChatStream()
  const say = useAct({
    run: (line: string) => request<{ data: ChatMessage[] }>('POST', '/chat/messages', { text: line }),
    refresh: false,
    done: ({ data }) => addMessages(queries, data),
  })
  useEffect(() => {
    document.title = 'Chat · Behalf'
  }, [])

  function send() {
    const line = text.trim()
    if (line === '' || say.isPending) return
    setText('')
    // What could not be said stands in the field again.
    say.mutate(line, { onError: () => setText(line) })
  }

  return (
    <div className={classes.page}>
      <Group className={classes.head} justify="space-between">
        <Title order={1} fz="1.15rem">
          Chat
        </Title>
      </Group>
      <Loaded query={messages}>
        {(lines) => <Lines lines={lines} pending={say.isPending ? say.variables : undefined} />}
      </Loaded>
      {down && (
        <Text size="sm" c="dimmed" role="status" ta="center">
          The line is down. Reconnecting…
        </Text>
      )}
      <Composer text={text} onText={setText} onSend={send} />
    </div>
  )
}

function Lines({ lines, pending }: { lines: ChatMessage[]; pending: string | undefined }) {
  const end = useRef<HTMLDivElement>(null)
  const last = lines.at(-1)?.id
  // The last question of each job.
  const questions = lines.filter(({ kind, job_id }) => kind === 'question' && job_id !== null)
  const asking = new Set(new Map(questions.map(({ job_id, id }) => [job_id, id])).values())
  // biome-ignore lint/correctness/useExhaustiveDependencies: something new to read scrolls to the end, a mere reading anew does not
  useLayoutEffect(() => {
    end.current?.scrollIntoView({ block: 'end' })
  }, [last, lines.length, pending])
  // The stream may bring my line before the answer to my saying it does.
  const arrived = lines.slice(-2).some(({ from, text }) => from === 'me' && text === pending)
  return (
    <div className={classes.lines} role="log" aria-label="Conversation">
      <div className={classes.column}>
        {lines.length === 0 && pending === undefined && <Welcome />}
        {lines.map((line) => (
          <ChatLine key={line.id} line={line} asks={asking.has(line.id)} />
        ))}
        {pending !== undefined && !arrived && <div className={classes.mine}>{pending}</div>}
        <div ref={end} />
      </div>
    </div>
  )
}

function Welcome() {
  return (
    <div className={classes.welcome}>
      <Text fw={600} fz="lg">
        What shall be done on your behalf?
      </Text>
      <Text c="dimmed" maw={460}>
        Type a command, or pick one below. The first time an application is needed you are asked once to connect your
        own account; what you asked for then goes on by itself.
      </Text>
    </div>
  )
}
