import { Alert, Button, Card, Group, PasswordInput, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Connection } from '../../contract.ts'
import { useConnector } from '../../parts/app-icon.tsx'
import { AtOnce } from '../../parts/at-once.tsx'
import { Refusal } from '../../parts/problem-list.tsx'
import { SchemaForm } from '../../parts/schema-form.tsx'
import { useCan } from '../../session.ts'

/** Name, settings, OAuth client and limit. Only what was changed is sent. */
export function ConnectionSettings({ connection }: { connection: Connection }) {
  const connector = useConnector(connection.connector)
  const disabled = !useCan()('connections.edit')
  const [name, setName] = useState(connection.name)
  const [settings, setSettings] = useState(connection.settings)
  const [clientId, setClientId] = useState(connection.client_id ?? '')
  const [secret, setSecret] = useState('')
  const [personalForm, setPersonalForm] = useState(connection.personal_form)
  const [atOnce, setAtOnce] = useState(connection.at_once)
  const change = {
    name: name === connection.name ? undefined : name,
    settings: JSON.stringify(settings) === JSON.stringify(connection.settings) ? undefined : settings,
    client_id: clientId === (connection.client_id ?? '') ? undefined : clientId,
    client_secret: secret === '' ? undefined : secret,
    personal_form: personalForm === connection.personal_form ? undefined : personalForm,
    at_once: atOnce === connection.at_once ? undefined : atOnce,
  }
  const changed = Object.values(change).some((value) => value !== undefined)
  const asksAgain = change.settings !== undefined || change.client_id !== undefined
  const save = useAct({
    run: () => request('PATCH', `/connections/${connection.id}`, change),
    note: 'Saved.',
    quiet: true,
    done: () => setSecret(''),
  })
  return (
    <Card>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Stack>
          <Text fw={600}>Settings</Text>
          <TextInput
            label="Name"
            required
            maxLength={120}
            disabled={disabled}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <SchemaForm
            legend={connector?.label ?? connection.connector}
            schema={connector?.settings_schema ?? {}}
            value={settings}
            onChange={setSettings}
            disabled={disabled}
          />
          {connection.credential_fields ? (
            <Switch
              label="People may connect their own accounts"
              description="By the same form, when a recipe with the switch on asks them."
              disabled={disabled}
              checked={personalForm}
              onChange={(event) => setPersonalForm(event.currentTarget.checked)}
            />
          ) : (
            <>
              <TextInput
                label="Client id"
                required
                autoComplete="off"
                disabled={disabled}
                value={clientId}
                onChange={(event) => setClientId(event.currentTarget.value)}
              />
              <PasswordInput
                label="Client secret"
                description="The present one is sealed and never shown. Enter another to replace it."
                autoComplete="new-password"
                disabled={disabled}
                value={secret}
                onChange={(event) => setSecret(event.currentTarget.value)}
              />
            </>
          )}
          <AtOnce
            description="So many jobs use this connection at the same time, its people’s own accounts included; the others wait for their turn. Empty: no limit."
            value={atOnce}
            onChange={setAtOnce}
            disabled={disabled}
          />
          {asksAgain && (
            <Alert color="yellow">
              With another client or address the accounts connected until now no longer fit: this connection and
              everyone beneath it are asked to connect again.
            </Alert>
          )}
          <Refusal error={save.error} />
          {!disabled && (
            <Group justify="flex-end">
              <Button
                type="submit"
                variant={changed ? 'filled' : 'default'}
                disabled={!changed}
                loading={save.isPending}
              >
                Save
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Card>
  )
}
