import { Button, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { signInProvidersQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { SignInProvider } from '../../contract.ts'
import { ActButton } from '../../parts/act-button.tsx'
import { CopyField } from '../../parts/copy-field.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { RowCard, Section } from '../../parts/row-card.tsx'
import { ProviderDialog } from './provider-dialog.tsx'

/** Where people sign in besides their password here. */
export function SignInProviders() {
  const [editing, setEditing] = useState<SignInProvider | 'new'>()
  return (
    <Section
      title="Sign-in providers"
      lead="Let people sign in with your organisation’s accounts, by OpenID Connect: Entra, Google, Okta, Keycloak and others."
      action={
        <Button
          size="sm"
          variant="default"
          leftSection={<Icon name="plus" size={16} />}
          onClick={() => setEditing('new')}
        >
          Add a provider
        </Button>
      }
    >
      <Loaded query={useQuery(signInProvidersQuery)}>
        {(providers) =>
          providers.length === 0 ? (
            <Text size="sm" c="dimmed">
              None: everybody signs in with a password of this server.
            </Text>
          ) : (
            <Stack gap="sm">
              {providers.map((provider) => (
                <ProviderCard key={provider.id} provider={provider} onEdit={() => setEditing(provider)} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      {editing && (
        <ProviderDialog provider={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
    </Section>
  )
}

function ProviderCard({ provider, onEdit }: { provider: SignInProvider; onEdit: () => void }) {
  const { id, label, issuer, email_domains, may_create_persons, redirect_uri } = provider
  const test = useAct({
    run: () => request<{ data: { issuer: string } }>('POST', `/sign-in-providers/${id}/test`),
    note: `${label} answers, and says who it is.`,
  })
  return (
    <RowCard
      title={label}
      below={
        <Stack gap={6} mt="sm">
          <Text size="sm">Register this redirect URI there:</Text>
          <CopyField value={redirect_uri} label={`Redirect URI to register at ${label}`} />
        </Stack>
      }
      actions={
        <>
          <Button size="sm" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            Test
          </Button>
          <Button size="sm" variant="default" onClick={onEdit}>
            Edit
          </Button>
          <ActButton
            label="Remove"
            title={`Remove ${label}?`}
            confirm="Remove"
            consequence="Nobody can sign in there any more. Whoever did is signed out, and whom it named is forgotten: people without a password here need a new one."
            run={() => request('DELETE', `/sign-in-providers/${id}`)}
            note={`${label} is removed.`}
          />
        </>
      }
    >
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {issuer}
      </Text>
      <Text size="sm" c="dimmed">
        {email_domains.length === 0
          ? 'Links nobody by their e-mail address.'
          : `Links ${may_create_persons ? 'or makes people' : 'people'} with addresses at ${email_domains.join(', ')}.`}
      </Text>
    </RowCard>
  )
}
