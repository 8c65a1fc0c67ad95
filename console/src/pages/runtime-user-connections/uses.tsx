import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { usesQuery } from '../../api/queries.ts'
import type { CredentialUse } from '../../contract.ts'
import { TextLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Time } from '../../parts/time.tsx'
import { useCan } from '../../session.ts'
import classes from './uses.module.css'

/** The latest uses of a credential: when, by which recipe and step, with what outcome. */
export function Uses({ id }: { id: string }) {
  return (
    <section aria-labelledby="uses-title">
      <Text fw={600} id="uses-title" mb="xs">
        Uses
      </Text>
      <Loaded query={useQuery(usesQuery(id))}>
        {(uses) =>
          uses.length === 0 ? (
            <Text size="sm" c="dimmed">
              Not used yet. Every use is put on record here: which recipe and step, when, with what outcome.
            </Text>
          ) : (
            <ol className={classes.uses}>
              {uses.map((use) => (
                <li key={`${use.at}${use.job_id}${use.step}`}>
                  <Use use={use} />
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </section>
  )
}

function Use({ use }: { use: CredentialUse }) {
  const mayOpen = useCan()('job_history.view') && use.job_id !== null
  const name = use.recipe?.name ?? 'Outside of a recipe'
  const said = [
    use.step === null ? null : `step ${use.step}`,
    use.action,
    `${use.requests} ${use.requests === 1 ? 'request' : 'requests'}`,
    use.http_status === null ? null : `HTTP ${use.http_status}`,
    use.outcome,
  ]
  return (
    <Stack gap={0}>
      <Text size="sm">
        {mayOpen ? (
          <TextLink to="/jobs/$id" params={{ id: use.job_id! }}>
            {name}
          </TextLink>
        ) : (
          name
        )}
        {' · '}
        <Time at={use.at} />
      </Text>
      <Text size="xs" c="dimmed">
        {said.filter((word) => word !== null).join(' · ')}
        {use.account_label && ` · as ${use.account_label}`}
      </Text>
    </Stack>
  )
}
