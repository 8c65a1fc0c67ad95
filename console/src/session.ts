import { useSuspenseQuery } from '@tanstack/react-query'
import { sessionQuery } from './api/queries.ts'
import type { Session } from './contract.ts'

/** Who is signed in, and what they may do. Suspends until known; the shell waits for it once. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data
}

/** Answers whether the signed-in person holds all the named privileges. The server decides; this only hides what would be refused. */
export function useCan(): (...privileges: string[]) => boolean {
  const { privileges } = useSession()
  return (...needed) => needed.every((privilege) => privileges.includes(privilege))
}
