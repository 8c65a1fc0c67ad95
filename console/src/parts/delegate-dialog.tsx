import { Select } from '@mantine/core'
import { useState } from 'react'
import { request } from '../api/request.ts'
import { useAct } from '../api/use-act.ts'
import type { Connection } from '../contract.ts'
import { FormDialog } from './form-dialog.tsx'
import { inDays, LastDay } from './last-day.tsx'

/** “Salesforce, alice@acme.com”. */
export const accountLabel = (name: string, { account }: Pick<Connection, 'account'>): string =>
  [name, account?.label].filter(Boolean).join(', ')

/** An account that can be delegated, and to which recipes. */
export interface Delegable {
  connection_id: string
  label: string
  recipes: { id: string; name: string }[]
}

/** Lets a recipe use an account while nobody runs it, until a day. */
export function DelegateDialog({ possible, onClose }: { possible: Delegable[]; onClose: () => void }) {
  const [connectionId, setConnectionId] = useState(possible.length === 1 ? possible[0]!.connection_id : null)
  const [recipeId, setRecipeId] = useState<string | null>(null)
  const [lastDay, setLastDay] = useState(inDays(30))
  const chosen = possible.find(({ connection_id }) => connection_id === connectionId)
  const give = useAct({
    run: () =>
      request('POST', '/me/delegations', {
        connection_id: connectionId,
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
        data={possible.map(({ connection_id, label }) => ({ value: connection_id, label }))}
        value={connectionId}
        onChange={setConnectionId}
      />
      <Select
        label="Recipe"
        description="It may then use the account while nobody runs it."
        required
        disabled={chosen === undefined}
        data={(chosen?.recipes ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={recipeId}
        onChange={setRecipeId}
      />
      <LastDay value={lastDay} onChange={setLastDay} />
    </FormDialog>
  )
}
