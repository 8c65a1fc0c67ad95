import { Button, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { delegationRequestsQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { DelegationRequest } from '../../contract.ts'
import { ActButton } from '../../parts/act-button.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { inDays, LastDay } from '../../parts/last-day.tsx'
import { RowCard, Section } from '../../parts/row-card.tsx'
import { Sentences } from '../../parts/sentences.tsx'
import { Time } from '../../parts/time.tsx'
import { useSession } from '../../session.ts'

/** What recipes that nobody runs ask of one's own accounts, to be answered. Shows nothing where nothing is asked. */
export function DelegationRequests() {
  const requests = useQuery(delegationRequestsQuery).data ?? []
  if (requests.length === 0) return null
  return (
    <Section
      title="You are asked"
      lead="These recipes run on a schedule or by a webhook, while nobody is there, and want to use your account. Nothing happens with it unless you allow it."
    >
      <Stack gap="sm">
        {requests.map((one) => (
          <RequestCard key={one.id} asked={one} />
        ))}
      </Stack>
    </Section>
  )
}

function RequestCard({ asked }: { asked: DelegationRequest }) {
  const [accepting, setAccepting] = useState(false)
  const { id, recipe, connection, person, does, growth, asked_by, asked_at, ended_at, jobs_waiting } = asked
  const mine = useSession().person.id === person.id
  const account = [connection.name, connection.account_label].filter(Boolean).join(', ')
  return (
    <RowCard
      title={recipe.name}
      actions={
        <>
          <Button size="sm" onClick={() => setAccepting(true)}>
            Allow…
          </Button>
          <ActButton
            label="Decline"
            color="gray"
            title={`Not let “${recipe.name}” use ${connection.name}?`}
            confirm="Decline"
            keep="Decide later"
            consequence="What waits for it ends, and whoever built the recipe is told. They can ask again, at most once a day."
            run={() => request('POST', `/me/delegation_requests/${id}/decline`, {})}
            note="Declined."
          />
        </>
      }
    >
      <Text size="sm">
        {account}
        {!mine && ` of ${person.name}`} · {asked_by ? `asked by ${asked_by}` : 'asked by a run'} <Time at={asked_at} />
        {jobs_waiting > 0 && ` · ${jobs_waiting === 1 ? '1 run waits' : `${jobs_waiting} runs wait`}`}
      </Text>
      {does.length > 0 && <Text size="sm">It would {does.join('; ')}.</Text>}
      {growth.length > 0 && <Text size="sm">New since you allowed it: {growth.join('; ')}.</Text>}
      {ended_at && (
        <Text size="sm" c="dimmed">
          You allowed it until <Time at={ended_at} />.
        </Text>
      )}
      {accepting && <AcceptDialog asked={asked} onClose={() => setAccepting(false)} />}
    </RowCard>
  )
}

function AcceptDialog({ asked, onClose }: { asked: DelegationRequest; onClose: () => void }) {
  const { id, recipe, connection, does, shown } = asked
  const [lastDay, setLastDay] = useState(inDays(90))
  const accept = useAct({
    run: () =>
      request('POST', `/me/delegation_requests/${id}/accept`, {
        shown,
        until: new Date(`${lastDay}T23:59:59`).toISOString(),
      }),
    note: 'Allowed. What waited for it goes on.',
    quiet: true,
    done: onClose,
  })
  return (
    <FormDialog
      title={`Let “${recipe.name}” use your ${connection.name} without you?`}
      submit="Allow"
      act={accept}
      onClose={onClose}
    >
      <Sentences
        sentences={[
          `Whenever it runs, it may ${does.join('; ') || 'use the account'}.`,
          'What it does is done as you and credited to you; only you see its data.',
          'When it is changed to do more, you are asked again. You can end it here at any time.',
        ]}
      />
      <LastDay value={lastDay} onChange={setLastDay} />
    </FormDialog>
  )
}
