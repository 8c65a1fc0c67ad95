import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'

interface LoadedProps<T> {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>
  /** Shown while nothing is known yet; grey lines unless given. */
  waiting?: ReactNode
  children: (data: T) => ReactNode
}

/** What a query brings: grey lines until it is there, the server's own words when it fails, and a way to try again. */
export function Loaded<T>({ query, waiting, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <Failure error={query.error} again={() => void query.refetch()} />
  return waiting ?? <Lines />
}

/** An error in its place on a page. */
export function Failure({ error, again }: { error: Error; again?: () => void }) {
  return (
    <Alert color="red" variant="light" icon={<Icon name="alert" />} title="This could not be loaded" role="alert">
      <Group justify="space-between">
        <Text size="sm">{error.message}</Text>
        {again && (
          <Button size="xs" variant="default" onClick={again}>
            Try again
          </Button>
        )}
      </Group>
    </Alert>
  )
}

/** Grey lines in the place of what is coming. */
export function Lines({ count = 4 }: { count?: number }) {
  return (
    <Stack gap="sm" aria-busy="true" aria-label="Loading">
      {Array.from({ length: count }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity
        <Skeleton key={line} height={44} radius="md" />
      ))}
    </Stack>
  )
}
