import { Button, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { namespacesQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Namespace, NamespaceWithSecret } from '../../contract.ts'
import { ActButton } from '../../parts/act-button.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { RowCard, Section } from '../../parts/row-card.tsx'
import { ShownOnce } from '../../parts/shown-once.tsx'

/** The products that embed Behalf: each a namespace of its own people, which its API keys act as. */
export function Namespaces() {
  const [editing, setEditing] = useState<Namespace | 'new'>()
  const [secret, setSecret] = useState<string>()
  return (
    <Section
      title="Products"
      lead="A product of yours that connects its own users’ accounts through the API. It has people of its own, keys that act as them, and addresses that browsers may be sent to."
      action={
        <Button
          size="sm"
          variant="default"
          leftSection={<Icon name="plus" size={16} />}
          onClick={() => setEditing('new')}
        >
          New product
        </Button>
      }
    >
      <Loaded query={useQuery(namespacesQuery)}>
        {(namespaces) =>
          namespaces.length === 0 ? (
            <Text size="sm" c="dimmed">
              None. Without one an API key acts as nobody, and recipes whose switch is on need a person.
            </Text>
          ) : (
            <Stack gap="sm">
              {namespaces.map((namespace) => (
                <NamespaceCard
                  key={namespace.id}
                  namespace={namespace}
                  onEdit={() => setEditing(namespace)}
                  onSecret={setSecret}
                />
              ))}
            </Stack>
          )
        }
      </Loaded>
      {editing && (
        <NamespaceDialog
          namespace={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onSecret={setSecret}
        />
      )}
      {secret && (
        <ShownOnce title="Signing secret" secret={secret} onClose={() => setSecret(undefined)}>
          Copy it now into the product: with it, it checks that a notice is from Behalf. It is not shown again.
        </ShownOnce>
      )}
    </Section>
  )
}

interface NamespaceCardProps {
  namespace: Namespace
  onEdit: () => void
  onSecret: (secret: string | undefined) => void
}

function NamespaceCard({ namespace: { id, name, origins, redirect_url }, onEdit, onSecret }: NamespaceCardProps) {
  const renew = async () => {
    const { data } = await request<{ data: NamespaceWithSecret }>('PATCH', `/namespaces/${id}`, {
      renew_signing_secret: true,
    })
    onSecret(data.signing_secret ?? undefined)
  }
  return (
    <RowCard
      title={name}
      actions={
        <>
          <Button size="sm" variant="default" onClick={onEdit}>
            Edit
          </Button>
          <ActButton
            label="Renew secret"
            variant="default"
            color="gray"
            title={`Renew the signing secret of ${name}?`}
            confirm="Renew"
            keep="Keep the old one"
            consequence="Notices are signed with the new one from now on: until the product knows it, it must refuse them."
            run={renew}
            note="The secret is renewed."
          />
          <ActButton
            label="Delete"
            title={`Delete ${name}?`}
            confirm="Delete"
            consequence="Its API keys are no longer good. All its people are shut out, and their connections disconnected and revoked at the applications."
            run={() => request('DELETE', `/namespaces/${id}`)}
            note={`${name} is deleted.`}
          />
        </>
      }
    >
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {origins.join(', ')}
      </Text>
      {redirect_url && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          Browsers go back to {redirect_url}
        </Text>
      )}
    </RowCard>
  )
}

interface NamespaceDialogProps {
  namespace: Namespace | undefined
  onClose: () => void
  onSecret: (secret: string | undefined) => void
}

function NamespaceDialog({ namespace, onClose, onSecret }: NamespaceDialogProps) {
  const [name, setName] = useState(namespace?.name ?? '')
  const [origins, setOrigins] = useState(namespace?.origins ?? [])
  const [redirectUrl, setRedirectUrl] = useState(namespace?.redirect_url ?? '')
  const save = useAct({
    run: () => {
      const body = { name, origins, redirect_url: redirectUrl.trim() || null }
      return namespace
        ? request<{ data: NamespaceWithSecret }>('PATCH', `/namespaces/${namespace.id}`, body)
        : request<{ data: NamespaceWithSecret }>('POST', '/namespaces', body)
    },
    quiet: true,
    done: ({ data }) => {
      onClose()
      onSecret(data.signing_secret ?? undefined)
    },
  })
  return (
    <FormDialog
      title={namespace ? namespace.name : 'New product'}
      submit={namespace ? 'Save' : 'Create'}
      ready={origins.length > 0}
      size="lg"
      act={save}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        required
        data-autofocus
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TagsInput
        label="Origins"
        withAsterisk
        description="Where browsers and notices may be sent, such as https://app.example.com. Press Enter after each."
        value={origins}
        onChange={setOrigins}
      />
      <TextInput
        label="Redirect URL"
        description="Where a browser goes when a request names no other place."
        type="url"
        value={redirectUrl}
        onChange={(event) => setRedirectUrl(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
