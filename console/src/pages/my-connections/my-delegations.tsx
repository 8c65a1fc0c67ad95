import { Button, Select, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { delegationsQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Delegation, MyConnection } from '../../contract.ts'
import { ActButton } from '../../parts/act-button.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { RowCard, Section } from '../../parts/row-card.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { Time } from '../../parts/time.tsx'
import { useSession } from '../../session.ts'

/** What a recipe may do with one's account while one is away, until a date. */
export function MyDelegations({ mine }: { mine: MyConnection[] }) {
  const [adding, setAdding] = useState(false)
  const possible = mine.filter(({ connection, recipes }) => connection?.status === 'connected' && recipes.length > 0)
  return (
    <Section
      title="Delegated"
      lead="Recipes that nobody runs by hand, on a schedule or by a webhook, may use your account only where you delegated it to them, until a date you choose."
      action={
        possible.length > 0 && (
          <Button variant="default" size="sm" onClick={() => setAdding(true)}>
            Delegate
          </Button>
        )
      }
    >
      <Loaded query={useQuery(delegationsQuery)}>
        {(delegations) =>
          delegations.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing is delegated.
            </Text>
          ) : (
            <Stack gap="sm">
              {delegations.map((delegation) => (
                <DelegationCard key={delegation.id} delegation={delegation} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      {adding && <DelegateDialog possible={possible} onClose={() => setAdding(false)} />}
    </Section>
  )
}

function DelegationCard({ delegation }: { delegation: Delegation }) {
  const { id, person, recipe, connection, state, growth, expires_at } = delegation
  const mine = useSession().person.id === person.id
  const name = recipe?.name ?? 'A deleted recipe'
  return (
    <RowCard
      title={name}
      badges={<StatusBadge status={state} />}
      actions={
        <ActButton
          label="End"
          title={`End what “${name}” may do without you?`}
          confirm="End it"
          keep="Let it go on"
          consequence={`“${name}” can no longer use ${connection.name} on its own. A job of it that runs stops before its next request.`}
          run={() => request('DELETE', `/me/delegations/${id}`)}
          note="The delegation is ended."
        />
      }
    >
      <Text size="sm">
        {connection.name}
        {connection.account_label && `, ${connection.account_label}`}
        {!mine && ` of ${person.name}`} · {state === 'expired' ? 'ended' : 'until'} <Time at={expires_at} />
      </Text>
      {state === 'lapsed' && (
        <Text size="sm" c="dimmed">
          The recipe does more by now{growth.length > 0 && `: ${growth.join('; ')}`}. Delegate anew if that is right, or
          end it.
        </Text>
      )}
    </RowCard>
  )
}

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

function DelegateDialog({ possible, onClose }: { possible: MyConnection[]; onClose: () => void }) {
  const [parentId, setParentId] = useState(possible.length === 1 ? possible[0]!.parent_id : null)
  const [recipeId, setRecipeId] = useState<string | null>(null)
  const [lastDay, setLastDay] = useState(inDays(30))
  const chosen = possible.find(({ parent_id }) => parent_id === parentId)
  const give = useAct({
    run: () =>
      request('POST', '/me/delegations', {
        connection_id: chosen?.connection?.id,
        recipe_id: recipeId,
        until: new Date(`${lastDay}T23:59:59`).toISOString(),
      }),
    note: 'Delegated.',
    quiet: true,
    done: onClose,
  })
  return (
    <FormDialog
      title="Delegate an account"
      submit="Delegate"
      ready={chosen !== undefined && recipeId !== null}
      act={give}
      onClose={onClose}
    >
      <Select
        label="Account"
        required
        data={possible.map(({ parent_id, parent_name, connection }) => ({
          value: parent_id,
          label: [parent_name, connection?.account?.label].filter(Boolean).join(', '),
        }))}
        value={parentId}
        onChange={setParentId}
      />
      <Select
        label="Recipe"
        description="It may then act as you while nobody runs it."
        required
        disabled={chosen === undefined}
        data={(chosen?.recipes ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={recipeId}
        onChange={setRecipeId}
      />
      <TextInput
        label="Last day"
        description="At most a year ahead."
        type="date"
        required
        min={inDays(1)}
        max={inDays(364)}
        value={lastDay}
        onChange={(event) => setLastDay(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
