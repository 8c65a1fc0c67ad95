import { Badge, Button, Card, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { mySessionsQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { MySession } from '../../contract.ts'
import { ActButton } from '../../parts/act-button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { Refusal } from '../../parts/problem-list.tsx'
import { RowCard, Section } from '../../parts/row-card.tsx'
import { Time } from '../../parts/time.tsx'

/** Where a person is signed in, and their password. */
export function MyAccount() {
  return (
    <Page title="My account" lead="The browsers that Behalf remembers as you, and your password here.">
      <Stack gap="xl">
        <Section title="Browsers" lead="Each of them can open your connect links. End the ones you do not know.">
          <Loaded query={useQuery(mySessionsQuery)}>
            {(sessions) => (
              <Stack gap="sm">
                {sessions.map((session) => (
                  <SessionCard key={session.id} session={session} />
                ))}
              </Stack>
            )}
          </Loaded>
        </Section>
        <Section title="Password" lead="Changing it ends all your other browsers.">
          <PasswordForm />
        </Section>
      </Stack>
    </Page>
  )
}

function SessionCard({ session }: { session: MySession }) {
  const { id, current, browser: name, signed_in_by, created_at, last_seen_at } = session
  return (
    <RowCard
      picture={<Icon name="globe" size={26} />}
      title={name}
      badges={current && <Badge color="pine">This one</Badge>}
      actions={
        current || (
          <ActButton
            label="End"
            title={`Sign ${name} out?`}
            confirm="End it"
            consequence="It is signed out at once, and what it had begun to connect is stopped. Jobs that wait for you go on waiting."
            run={() => request('DELETE', `/me/sessions/${id}`)}
            note={`${name} is signed out.`}
          />
        )
      }
    >
      <Text size="sm" c="dimmed">
        Signed in <Time at={created_at} /> by {signed_in_by} · last seen <Time at={last_seen_at} />
      </Text>
    </RowCard>
  )
}

function PasswordForm() {
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const change = useAct({
    run: () => request('POST', '/me/password', { current_password: current, new_password: next }),
    note: 'Your password is changed.',
    quiet: true,
    done: () => {
      setCurrent('')
      setNext('')
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  return (
    <Card maw={520}>
      <form onSubmit={submit}>
        <Stack>
          <PasswordInput
            label="Present password"
            required
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
          <PasswordInput
            label="New password"
            description="A sentence of your own is best."
            required
            autoComplete="new-password"
            value={next}
            onChange={(event) => setNext(event.currentTarget.value)}
          />
          <Refusal error={change.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={change.isPending}>
              Change password
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}
