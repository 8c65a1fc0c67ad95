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
      source.addEventListener('message', (event) => {
        const line: ChatMessage = JSON.parse(event.data)
        addMessages(queries, [line])
        // Something of that job changed; pages that show it are read anew when next in sight.
        if (line.job_id !== null) void queries.invalidateQueries({ queryKey: ['me'] })
      })
    }
    connect()
    return () => {
      clearTimeout(timer)
      source.close()
    }
  }, [queries])
  return { down }
}

/** Adds lines to the conversation; the query merges them with those it has. */
export function addMessages(queries: QueryClient, messages: ChatMessage[]): void {
  queries.setQueryData(chatQuery.queryKey, messages)
}
