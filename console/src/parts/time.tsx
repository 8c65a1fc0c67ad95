import { Tooltip } from '@mantine/core'
import { useEffect, useState } from 'react'
import { relativeTime } from './relative-time.ts'

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' })

/** An instant as people say it ("3 minutes ago"), with the exact one on hover and focus; `never` where there is none. */
export function Time({ at, never = '–' }: { at: string | null; never?: string }) {
  const now = useNow()
  if (at === null) return <span style={{ color: 'var(--mantine-color-dimmed)' }}>{never}</span>
  const exact = absolute.format(new Date(at))
  return (
    <Tooltip label={exact}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {relativeTime(new Date(at), now)}
      </time>
    </Tooltip>
  )
}

/** How long something took: "0.4 s", "2 min 5 s"; nothing while it has not ended. */
export function Duration({ from, to }: { from: string | null; to: string | null }) {
  if (from === null || to === null) return null
  const ms = new Date(to).getTime() - new Date(from).getTime()
  if (ms < 1_000) return <>{ms} ms</>
  if (ms < 60_000) return <>{(ms / 1_000).toFixed(1)} s</>
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return <>{`${minutes} min ${Math.round((ms % 60_000) / 1_000)} s`}</>
  return <>{`${Math.floor(minutes / 60)} h ${minutes % 60} min`}</>
}

// "just now" must not stay on a page that is open for an hour.
function useNow(): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
