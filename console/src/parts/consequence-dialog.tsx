import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { consequencesQuery } from '../api/queries.ts'
import { request } from '../api/request.ts'
import { useAct } from '../api/use-act.ts'
import type { Consequences } from '../contract.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { Loaded } from './loaded.tsx'
import { Sentences } from './sentences.tsx'

/** What is about to be done to which connection. `name` as the person knows it. */
export interface Intent {
  of: 'disconnect' | 'delete'
  connectionId: string
  name: string
}

/**
 * Disconnects or deletes a connection, having said first what that will do: in the server's words, read at this moment.
 * The button stays shut until they are there.
 */
export function ConsequenceDialog({
  intent,
  onClose,
  onDone,
}: {
  intent: Intent
  onClose: () => void
  onDone?: () => void
}) {
  const { of, connectionId, name } = intent
  const consequences = useQuery(consequencesQuery(connectionId, of))
  const act = useAct({
    run: () =>
      of === 'delete'
        ? request('DELETE', `/connections/${connectionId}`)
        : request('POST', `/connections/${connectionId}/disconnect`),
    gone: of === 'delete' ? ['connections', connectionId] : undefined,
    note: of === 'delete' ? `${name} is deleted.` : `${name} is disconnected.`,
    quiet: true,
    done: () => (onDone ?? onClose)(),
  })
  return (
    <ConfirmDialog
      title={`${of === 'delete' ? 'Delete' : 'Disconnect'} ${name}?`}
      confirm={of === 'delete' ? 'Delete' : 'Disconnect'}
      ready={consequences.data !== undefined}
      busy={act.isPending}
      error={act.error}
      onConfirm={() => act.mutate()}
      onClose={onClose}
    >
      <Loaded query={consequences}>{(data) => <WhatHappens consequences={data} />}</Loaded>
    </ConfirmDialog>
  )
}

function WhatHappens({ consequences: { sentences, recipes } }: { consequences: Consequences }) {
  return (
    <>
      <Sentences sentences={sentences} />
      {recipes.length > 0 && (
        <Text size="sm" c="dimmed">
          Recipes concerned: {recipes.map((recipe) => recipe.name).join(', ')}
        </Text>
      )}
    </>
  )
}
