import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'

interface Act<V, R> {
  run: (values: V) => Promise<R>
  /** After success, once everything shown has begun to be read again. */
  done?: (result: R, values: V) => void
  /** Said in a passing note after success. */
  note?: string
  /** False where nothing else on the page can have changed. */
  refresh?: boolean
  /** The beginning of the keys of what is deleted: it is not read again, which would only say that it is not there. */
  gone?: readonly string[]
  /** Leaves showing the error to the caller, which has a better place for it. */
  quiet?: boolean
}

/**
 * Something a person does. Afterwards everything on the page is read again: a change of one thing shows in many places,
 * and reading what is in sight again is cheap. An error is said with the server's own words.
 */
export function useAct<V = void, R = unknown>({ run, done, note, refresh = true, gone, quiet = false }: Act<V, R>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: (result, values) => {
      const isGone = (key: readonly unknown[]) => gone?.every((part, index) => key[index] === part) ?? false
      if (refresh) void queries.invalidateQueries({ predicate: ({ queryKey }) => !isGone(queryKey) })
      if (note !== undefined) notifications.show({ message: note })
      done?.(result, values)
    },
    onError: (error: Error) => {
      if (!quiet)
        notifications.show({ color: 'red', title: 'That did not work', message: error.message, autoClose: 10_000 })
    },
  })
}
