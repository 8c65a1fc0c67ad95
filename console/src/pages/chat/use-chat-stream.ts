import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { chatQuery } from '../../api/queries.ts'
import type { ChatMessage } from '../../contract.ts'

const AGAIN_AFTER_MS = 3_000

/**
 * Keeps the conversation live. The browser reconnects by itself after a cut; where it gives up (the server answered with an error)
 * we try again. What was said meanwhile is read anew at every connection but the first, so nothing is missed.
 * Answers whether the line is down.
 */
export function useChatStream(): { down: boolean } {
  const queries = useQueryClient()
  const [down, setDown] = useState(false)
  useEffect(() => {
    let source: EventSource
    let timer: ReturnType<typeof setTimeout> | undefined
    let cut = false
    const connect = () => {
      source = new EventSource('/api/chat/stream')
      source.onopen = () => {
        setDown(false)
        if (cut) void queries.invalidateQueries()
        cut = false
      }
      source.onerror = () => {
        cut = true
        setDown(true)
        if (source.readyState !== EventSource.CLOSED) return
        // Perhaps the session has ended: an ordinary call finds out, and leaves for the sign-in page.
        void queries.invalidateQueries({ queryKey: chatQuery.queryKey })
        timer = setTimeout(connect, AGAIN_AFTER_MS)
      }
      source.addEventListener('message', (event) => addMessages(queries, [JSON.parse(event.data)]))
      source.addEventListener('job', () => void queries.invalidateQueries({ queryKey: ['me'] }))
    }
    connect()
    return () => {
      clearTimeout(timer)
      source.close()
    }
  }, [queries])
  return { down }
}

/** Adds lines to the conversation. A line may come twice (by the answer and by the stream): the later one takes the place of the earlier. */
export function addMessages(queries: QueryClient, messages: ChatMessage[]): void {
  queries.setQueryData(chatQuery.queryKey, (before) => mergeMessages(before ?? [], messages))
}

/** Both, each line once, by time. Lines of the same instant keep the order in which they came. */
export function mergeMessages(before: ChatMessage[], added: ChatMessage[]): ChatMessage[] {
  const byId = new Map(before.map((message) => [message.id, message]))
  for (const message of added) byId.set(message.id, message)
  return [...byId.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}
