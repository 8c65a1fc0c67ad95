import { Button, Card, Group, PasswordInput, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { connectorsQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Connector, Environment } from '../../contract.ts'
import { AppIcon } from '../../parts/app-icon.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { PlaceFields } from '../../parts/place-fields.tsx'
import { Refusal } from '../../parts/problem-list.tsx'
import { SchemaForm } from '../../parts/schema-form.tsx'
import classes from './new-connection.module.css'

/** Makes a parent connection: the application first, then what Behalf must know of it. */
export function NewConnectionPage() {
  const [connector, setConnector] = useState<Connector>()
  return (
    <Page
      title="New connection"
      lead="You need an OAuth client of Behalf at the application. If it asks for a redirect URI, register the client with any, save here, and then copy the real one from the connection’s page."
      back={{ to: '/connections', label: 'Connections' }}
    >
      <Stack gap="lg">
        <Loaded query={useQuery(connectorsQuery)}>
          {(connectors) => (
            <div className={classes.choices} role="radiogroup" aria-label="Application">
              {connectors.map((one) => (
                <UnstyledButton
                  key={one.name}
                  className={classes.choice}
                  role="radio"
                  aria-checked={one === connector}
                  onClick={() => setConnector(one)}
                >
                  <AppIcon svg={one.icon} size={36} />
                  <Text fw={600}>{one.label}</Text>
                </UnstyledButton>
              ))}
            </div>
          )}
        </Loaded>
        {connector && <ConnectionForm key={connector.name} connector={connector} />}
      </Stack>
    </Page>
  )
}

function ConnectionForm({ connector }: { connector: Connector }) {
  const [name, setName] = useState(connector.label)
  const [projectId, setProjectId] = useState<string | null>(null)
  const [environment, setEnvironment] = useState<Environment>('DEV')
  const [settings, setSettings] = useState<Record<string, unknown>>({})
  const [clientId, setClientId] = useState('')
  const [clientSecret, setClientSecret] = useState('')
  const navigate = useNavigate()
  const create = useAct({
    run: () =>
      request<{ data: { id: string } }>('POST', '/connections', {
        name,
        connector: connector.name,
        project_id: projectId,
        environment,
        settings,
        client_id: clientId,
        client_secret: clientSecret,
      }),
    quiet: true,
    done: ({ data }) => void navigate({ to: '/connections/$id', params: { id: data.id } }),
  })
  return (
    <Card maw={680}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate()
        }}
      >
        <Stack>
          <TextInput
            label="Name"
            description="Recipes and people see it under this name."
            required
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PlaceFields
            projectId={projectId}
            environment={environment}
            onProject={setProjectId}
            onEnvironment={setEnvironment}
          />
          <SchemaForm
            legend={connector.label}
            schema={connector.settings_schema}
            value={settings}
            onChange={setSettings}
          />
          <TextInput
            label="Client id"
            required
            autoComplete="off"
            value={clientId}
            onChange={(event) => setClientId(event.currentTarget.value)}
          />
          <PasswordInput
            label="Client secret"
            description="Sealed at once and never shown again. Leave it empty for a public client."
            autoComplete="new-password"
            value={clientSecret}
            onChange={(event) => setClientSecret(event.currentTarget.value)}
          />
          <Refusal error={create.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={create.isPending} disabled={projectId === null}>
              Create connection
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}
