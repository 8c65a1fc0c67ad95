import { Alert, Card, Code, List, Progress, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { sealingKeyQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import type { SealingKey } from '../../contract.ts'
import { ActButton } from '../../parts/act-button.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { LostSecrets } from '../../parts/lost-secrets.tsx'
import { Section } from '../../parts/row-card.tsx'
import { Time } from '../../parts/time.tsx'

const isUnderWay = (key: SealingKey | undefined) => key?.rotation != null && key.rotation.done_at === null

/** Which key seals every credential, and how far changing it has come: read again every two seconds meanwhile. */
export function SealingKeyState() {
  const query = useQuery({
    ...sealingKeyQuery,
    refetchInterval: ({ state }) => (isUnderWay(state.data) ? 2_000 : false),
  })
  return (
    <Section
      title="Sealing key"
      lead="Everything secret in the database is sealed with it. Who loses it loses every connection; who has it and a dump has them all. Keep a copy apart from the database’s backups."
    >
      <LostSecrets />
      <Loaded query={query}>{(key) => <State sealingKey={key} />}</Loaded>
    </Section>
  )
}

function State({ sealingKey: key }: { sealingKey: SealingKey }) {
  return (
    <Card>
      <Stack>
        <Facts>
          {[
            ['Fingerprint', <Code key="fingerprint">{key.fingerprint}</Code>],
            ['Version', key.version],
            ['Since', <Time key="since" at={key.since} />],
            [
              'Kept in',
              key.kept_in === 'file' ? 'the data directory of this server' : 'the environment of this server',
            ],
          ]}
        </Facts>
        {key.rotation && <Rotation rotation={key.rotation} />}
        {key.steps && <Steps steps={key.steps} />}
        {key.steps === null && !isUnderWay(key) && (
          <ActButton
            label="Change the key"
            title="Change the sealing key?"
            confirm="Change it"
            keep="Keep this one"
            consequence="A new key is made, and everything is sealed with it while people and jobs go on. The old one is needed until that is done. Make a copy of the new key afterwards."
            run={() => request('POST', '/workspace/sealing-key/rotate')}
            note="A new key is in use."
            variant="default"
            color="gray"
            w="fit-content"
          />
        )}
      </Stack>
    </Card>
  )
}

function Rotation({ rotation }: { rotation: NonNullable<SealingKey['rotation']> }) {
  const { from, to, remaining, total, waiting_for, done_at } = rotation
  if (done_at !== null) {
    return (
      <Text size="sm" c="dimmed">
        Changed from version {from} to {to} <Time at={done_at} />. Nothing is sealed with the old one any more.
      </Text>
    )
  }
  return (
    <Stack gap={6} role="status">
      <Progress value={total === 0 ? 100 : ((total - remaining) / total) * 100} aria-label="Progress of the change" />
      <Text size="sm">
        From version {from} to {to}: {(total - remaining).toLocaleString()} of {total.toLocaleString()} values are
        sealed anew. Keep the old key until this is done.
      </Text>
      {waiting_for > 0 && (
        <Text size="sm" c="dimmed">
          {waiting_for} {waiting_for === 1 ? 'process has' : 'processes have'} not taken up the new key yet.
        </Text>
      )}
    </Stack>
  )
}

function Steps({ steps }: { steps: string[] }) {
  return (
    <Alert title="How to change it">
      <List type="ordered" size="sm" spacing={4} pr="sm">
        {steps.map((step) => (
          <List.Item key={step}>{step}</List.Item>
        ))}
      </List>
    </Alert>
  )
}
