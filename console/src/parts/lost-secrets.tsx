import { Alert, List, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { sealingKeyQuery } from '../api/queries.ts'
import type { SealingKey } from '../contract.ts'
import { useCan } from '../session.ts'
import { Icon } from './icon.tsx'
import { TextLink } from './links.tsx'

type LostSecret = SealingKey['lost_secrets'][number]
type Kind = LostSecret['kind']

const TO_DO: Record<Kind, string> = {
  oauth_client: 'enter its client secret again, then press Connect.',
  credential: 'press Reconnect and enter its credential again.',
  sign_in_provider: 'save it again with its client secret, in Settings.',
  surface_app: 'give its secrets again and install it again, under Surfaces.',
  namespace: 'renew its signing secret, in API keys and products.',
}

/** Which secrets went with a lost sealing key and must be given again, and how; nothing when there are none, and for who may not know. */
export function LostSecrets({ kinds }: { kinds?: Kind[] }) {
  const enabled = useCan()('workspace_settings.edit')
  const all = useQuery({ ...sealingKeyQuery, enabled }).data?.lost_secrets ?? []
  const lost = kinds ? all.filter(({ kind }) => kinds.includes(kind)) : all
  if (lost.length === 0) return null
  return (
    <Alert
      color="red"
      icon={<Icon name="alert" />}
      title="Secrets were lost with the sealing key"
      role="status"
      mb="lg"
    >
      <Text size="sm" mb={6}>
        The server goes on with a new key, and what the lost one had sealed cannot be opened. Give again what is listed;
        people are asked by themselves to connect their own accounts again.
      </Text>
      <List size="sm" spacing={4} pr="sm">
        {lost.map((secret) => (
          <List.Item key={secret.kind + secret.id}>
            <Name secret={secret} />: {TO_DO[secret.kind]}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}

const PLACES = { sign_in_provider: '/settings', surface_app: '/surfaces', namespace: '/api-keys' } as const

function Name({ secret: { kind, id, name } }: { secret: LostSecret }) {
  if (kind === 'oauth_client' || kind === 'credential') {
    return (
      <TextLink to="/connections/$id" params={{ id }} fw={600} size="sm">
        {name}
      </TextLink>
    )
  }
  return (
    <TextLink to={PLACES[kind]} fw={600} size="sm">
      {name}
    </TextLink>
  )
}
