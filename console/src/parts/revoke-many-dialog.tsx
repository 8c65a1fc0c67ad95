import { Progress, SegmentedControl, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { getData, queryString, request } from '../api/request.ts'
import { useAct } from '../api/use-act.ts'
import type { BulkRevocation, ConsequencesForMany, RevocationCounts } from '../contract.ts'
import { useCan } from '../session.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { Loaded } from './loaded.tsx'
import { Sentences } from './sentences.tsx'

/** All connections of one person, or all of one application. */
export type Many = { person_id: string } | { connector: string }

interface RevokeManyProps {
  title: string
  /** Undefined until it is chosen. */
  which: Many | undefined
  onClose: () => void
  /** To choose by. */
  children?: ReactNode
}

/** Cuts off many people's own connections by one order, having said first what that will do, and shows how far it has come. */
export function RevokeManyDialog({ title, which, onClose, children }: RevokeManyProps) {
  const [kind, setKind] = useState<BulkRevocation['kind']>('disconnect')
  const foreseen = useQuery({
    queryKey: ['connections', 'revoke', which, kind],
    queryFn: () =>
      getData<ConsequencesForMany>(`/runtime-user-connections/revoke/consequences${queryString({ ...which, kind })}`),
    enabled: which !== undefined,
    gcTime: 0,
  })
  const order = useAct({
    run: () => request<{ data: BulkRevocation }>('POST', '/runtime-user-connections/revoke', { ...which, kind }),
    quiet: true,
  })
  const ordered = order.data?.data
  return (
    <ConfirmDialog
      title={title}
      confirm={ordered ? 'Done' : kind === 'delete' ? 'Delete all' : 'Disconnect all'}
      keep={ordered ? 'Close' : 'Keep them'}
      ready={!ordered && foreseen.data !== undefined && foreseen.data.connections > 0}
      busy={order.isPending}
      error={order.error}
      onConfirm={() => order.mutate()}
      onClose={onClose}
    >
      {ordered ? (
        <HowFar ordered={ordered} />
      ) : (
        <Stack>
          {children}
          <Kind kind={kind} onKind={setKind} />
          {which && <Loaded query={foreseen}>{({ sentences }) => <Sentences sentences={sentences} />}</Loaded>}
        </Stack>
      )}
    </ConfirmDialog>
  )
}

function Kind({ kind, onKind }: { kind: BulkRevocation['kind']; onKind: (kind: BulkRevocation['kind']) => void }) {
  if (!useCan()('connections.delete')) return null
  return (
    <SegmentedControl
      aria-label="What to do"
      data={[
        { value: 'disconnect', label: 'Disconnect' },
        { value: 'delete', label: 'Delete' },
      ]}
      value={kind}
      onChange={(value) => onKind(value as BulkRevocation['kind'])}
      w="fit-content"
    />
  )
}

/** The order goes on by itself; it is read again until it has ended, and its revocations with it. */
function HowFar({ ordered }: { ordered: BulkRevocation }) {
  const query = useQuery({
    queryKey: ['connections', 'revoke', ordered.id],
    queryFn: () => getData<BulkRevocation>(`/runtime-user-connections/revoke/${ordered.id}`),
    initialData: ordered,
    refetchInterval: ({ state: { data } }) => (data?.finished_at && data.revocations.pending === 0 ? false : 1_500),
  })
  const { done, total, revocations } = query.data
  return (
    <Stack gap="xs" role="status">
      <Progress value={total === 0 ? 100 : (done / total) * 100} aria-label="Progress" />
      <Text>
        {done} of {total} are cut off here. Nothing more is done with them.
      </Text>
      <Text size="sm" c="dimmed">
        At the applications: {revocationWords(revocations)}. You may close this: it goes on by itself.
      </Text>
    </Stack>
  )
}

/** "12 revoked, 3 being revoked". */
export function revocationWords(counts: RevocationCounts): string {
  const parts = [
    [counts.revoked, 'revoked'],
    [counts.pending, 'being revoked'],
    [counts.kept, 'kept, because another is in use'],
    [counts.unsupported, 'only the person can end there'],
    [counts.failed, 'not revoked'],
  ] as const
  const said = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`)
  return said.join(', ') || 'nothing to revoke'
}
