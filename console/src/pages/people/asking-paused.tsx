import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { ListedPerson } from '../../contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { TextLink } from '../../parts/links.tsx'
import { Time } from '../../parts/time.tsx'
import { useCan } from '../../session.ts'

/** Says why a person is sent no connect links for now, and lets them be asked again before that is over. */
export function AskingPaused({ person: { id, name, asking_paused_until } }: { person: ListedPerson }) {
  const can = useCan()
  const resume = useAct({ run: () => request('POST', `/people/${id}/resume-asking`), note: `${name} is asked again.` })
  if (asking_paused_until === null) return null
  return (
    <Alert color="yellow" icon={<Icon name="alert" />} title="Asking is paused">
      <Stack gap="xs">
        <Text size="sm">
          It goes on <Time at={asking_paused_until} />. Three connect links to them were given up in a day: a wrong code
          was typed, or they said that they opened nothing. Somebody may have tried theirs: ask them what happened.
        </Text>
        <Group gap="sm">
          {can('people.edit') && (
            <Button size="sm" variant="default" loading={resume.isPending} onClick={() => resume.mutate()}>
              Let them be asked again
            </Button>
          )}
          {can('audit_log.view') && (
            <TextLink to="/audit" search={{ action: 'connect.link_burnt' }} size="sm">
              See in the audit log
            </TextLink>
          )}
        </Group>
      </Stack>
    </Alert>
  )
}
