import { Card, Collapse, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { Job, JobStep } from '../../contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { JobDataView } from '../../parts/job-data-view.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { Duration } from '../../parts/time.tsx'
import { stepTitle } from '../../recipe/words.ts'

/** The steps that were reached, in their order: on each, as whom and with which outside account it acted. */
export function JobSteps({ job }: { job: Job }) {
  if (job.steps.length === 0) {
    return (
      <Card>
        <Text c="dimmed">No step has begun.</Text>
      </Card>
    )
  }
  return (
    <Stack gap="sm" component="ol" p={0} m={0} style={{ listStyle: 'none' }}>
      {job.steps.map((step) => (
        <li key={step.step}>
          <Step step={step} job={job} />
        </li>
      ))}
    </Stack>
  )
}

function Step({ step, job }: { step: JobStep; job: Job }) {
  const hasData = step.input !== null || step.output !== null || step.error !== null
  const [opened, setOpened] = useState(step.status === 'failed')
  return (
    <Card padding="md" component="section" aria-label={stepTitle(step.step)}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Stack gap={4} style={{ minWidth: 0 }}>
          <Text fw={600}>{stepTitle(step.step)}</Text>
          <AsWhom step={step} job={job} />
          <Outcome step={step} />
        </Stack>
        <StatusBadge status={step.status} />
      </Group>
      {hasData && (
        <>
          <UnstyledButton mt="xs" onClick={() => setOpened(!opened)} aria-expanded={opened} w="fit-content">
            <Text size="sm" c="var(--mantine-color-anchor)">
              {opened ? 'Hide data' : 'Show data'}
            </Text>
          </UnstyledButton>
          <Collapse expanded={opened}>
            <Stack gap="sm" mt="xs">
              <JobDataView name="Error" data={step.error} />
              <JobDataView name="Input" data={step.input} />
              <JobDataView name="Output" data={step.output} />
            </Stack>
          </Collapse>
        </>
      )}
    </Card>
  )
}

// The heart of the page: whose hand it was.
function AsWhom({ step: { connection }, job }: { step: JobStep; job: Job }) {
  if (connection === null) return null
  const account = connection.account_label ?? 'an account that did not say its name'
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <span style={{ paddingTop: 2 }}>
        <Icon name={connection.personal ? 'person' : 'plug'} size={16} />
      </span>
      <Text size="sm">
        {connection.personal ? (
          <>
            As <b>{job.person?.name ?? 'its person'}</b>, with <b>{account}</b>
          </>
        ) : (
          <>
            As <b>{account}</b>, the account of the connection {connection.name}
          </>
        )}
      </Text>
    </Group>
  )
}

// What an action does is said by its name; these have none.
const KINDS: Record<string, string> = { reply: 'Reply', if: 'Condition', stop: 'Stop' }

function Outcome({ step }: { step: JobStep }) {
  const words = [
    step.action ?? KINDS[step.kind] ?? null,
    step.connection?.personal ? `connection ${step.connection.name}` : null,
    step.http_status === null ? null : `HTTP ${step.http_status}`,
    step.error_code,
  ].filter((word) => word !== null)
  return (
    <Text size="sm" c="dimmed">
      {words.join(' · ')}
      {step.finished_at !== null && (
        <>
          {words.length > 0 && ' · '}
          <Duration from={step.started_at} to={step.finished_at} />
        </>
      )}
    </Text>
  )
}
