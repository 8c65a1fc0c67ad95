import { Button, Card, Grid, Group, PasswordInput, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Connector } from '../../contract.ts'
import { ConnectorGuide } from '../../parts/connector-guide.tsx'
import { CopyField } from '../../parts/copy-field.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Refusal } from '../../parts/problem-list.tsx'
import type { Draft } from './new-connection.tsx'

interface RegisterClientProps {
  connector: Connector
  draft: Draft
  onBack: () => void
}

interface Client {
  client_id?: string
  client_secret?: string
  personal_form?: boolean
}

/** The last step: the redirect URI to register, how to register it, and the client that comes of it. Then it is made. */
export function RegisterClient({ connector, draft, onBack }: RegisterClientProps) {
  const isOAuth = connector.authentication === 'oauth2'
  const reserved = useReserved()
  const navigate = useNavigate()
  const create = useAct({
    run: ({ connect, ...client }: Client & { connect: boolean }) =>
      make(connector, draft, { ...client, connect, id: reserved.data?.id }),
    quiet: true,
    done: ({ id, url }) => {
      if (url) window.location.assign(url)
      else void navigate({ to: '/connections/$id', params: { id } })
    },
  })
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Card>
          <Stack>
            {isOAuth && (
              <Loaded query={reserved}>
                {({ redirect_uri }) => <RedirectUri label={connector.label} uri={redirect_uri} />}
              </Loaded>
            )}
            <ClientForm
              isOAuth={isOAuth}
              personal={connector.personal}
              busy={create.isPending || create.isSuccess}
              error={create.error}
              onBack={onBack}
              onCreate={(client) => create.mutate(client)}
            />
          </Stack>
        </Card>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Text fw={600} mb="xs">
          {isOAuth ? `How to register Behalf at ${connector.label}` : `About ${connector.label}`}
        </Text>
        <ConnectorGuide connector={connector.name} />
      </Grid.Col>
    </Grid>
  )
}

/** An id whose redirect URI can be registered before the connection is made; the same as long as the page is open. */
function useReserved() {
  return useQuery({
    queryKey: ['connections', 'reserved'],
    queryFn: async () =>
      (await request<{ data: { id: string; redirect_uri: string } }>('POST', '/connections/reserve')).data,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
}

async function make(
  connector: Connector,
  { name, projectId, environment, settings }: Draft,
  { connect, ...rest }: Client & { connect: boolean; id: string | undefined },
): Promise<{ id: string; url?: string }> {
  const wanted = { name, connector: connector.name, project_id: projectId, environment, settings, ...rest }
  const { id } = (await request<{ data: { id: string } }>('POST', '/connections', wanted)).data
  if (!connect) return { id }
  return { id, url: (await request<{ data: { url: string } }>('POST', `/connections/${id}/connect`, {})).data.url }
}

function RedirectUri({ label, uri }: { label: string; uri: string }) {
  return (
    <Stack gap="xs">
      <Text fw={600}>Redirect URI</Text>
      <Text size="sm">Make an OAuth client at {label}, with exactly this redirect URI (callback URL):</Text>
      <CopyField value={uri} label="Redirect URI" />
      <Text size="xs" c="dimmed">
        It belongs to this connection alone.
      </Text>
    </Stack>
  )
}

interface ClientFormProps {
  isOAuth: boolean
  personal: boolean
  busy: boolean
  error: Error | null
  onBack: () => void
  onCreate: (client: Client & { connect: boolean }) => void
}

function ClientForm({ isOAuth, personal, busy, error, onBack, onCreate }: ClientFormProps) {
  const [clientId, setClientId] = useState('')
  const [clientSecret, setClientSecret] = useState('')
  const [personalForm, setPersonalForm] = useState(false)
  const client: Client = isOAuth
    ? { client_id: clientId, client_secret: clientSecret }
    : { personal_form: personalForm }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onCreate({ ...client, connect: isOAuth })
      }}
    >
      <Stack>
        {isOAuth ? (
          <>
            <Text size="sm">Then enter the client that the application gave you:</Text>
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
          </>
        ) : (
          <>
            <Text size="sm">
              There is nothing to register. Its credential is typed into a form on the connection’s page, and tried at
              the application before it is kept.
            </Text>
            {personal && (
              <Switch
                label="People may connect their own accounts"
                description="By the same form, when a recipe with the switch on asks them."
                checked={personalForm}
                onChange={(event) => setPersonalForm(event.currentTarget.checked)}
              />
            )}
          </>
        )}
        <Refusal error={error} />
        <Group justify="space-between">
          <Button variant="default" onClick={onBack}>
            Back
          </Button>
          <Group gap="xs">
            {isOAuth && (
              <Button
                variant="default"
                disabled={busy || clientId === ''}
                onClick={() => onCreate({ ...client, connect: false })}
              >
                Create only
              </Button>
            )}
            <Button type="submit" loading={busy}>
              {isOAuth ? 'Create and connect' : 'Create'}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  )
}
