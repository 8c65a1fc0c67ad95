import { Button, Card, Collapse, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { Job, JobStep } from '../../contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { JobDataView } from '../../parts/job-data-view.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { Duration } from '../../parts/time.tsx'
import { stepTitle } from '../../recipe/words.ts'
import classes from './job-steps.module.css'
import { type StepNode, type Turn, tellingTurns, treeOf } from './step-tree.ts'

/** The steps that were reached, in their order, within the loops and functions they ran in: on each, as whom and with which outside account it acted. */
export function JobSteps({ job }: { job: Job }) {
  if (job.steps.length === 0) {
    return (
      <Card>
        <Text c="dimmed">No step has begun.</Text>
      </Card>
    )
  }
  return <Nodes nodes={treeOf(job.steps)} job={job} />
}

function Nodes({ nodes, job }: { nodes: StepNode[]; job: Job }) {
  return (
    <Stack gap="sm" component="ol" p={0} m={0} style={{ listStyle: 'none' }}>
      {nodes.map((node) => (
        <li key={node.step.step}>
          <Step node={node} job={job} />
          {node.within.length > 0 && (
            <div className={classes.within}>
              <Nodes nodes={node.within} job={job} />
            </div>
          )}
          {node.turns.length > 0 && <Turns node={node} job={job} />}
        </li>
      ))}
    </Stack>
  )
}

// What one time of it is called.
const TURNS: Record<string, string> = { for_each: 'Item', repeat: 'Time', handle_errors: 'Try' }

function Turns({ node, job }: { node: StepNode; job: Job }) {
  const [all, setAll] = useState(false)
  const telling = tellingTurns(node.turns)
  const failed = node.turns.filter((turn) => turn.failed).length
  const word = TURNS[node.step.kind] ?? 'Time'
  const shown = all ? node.turns : telling
  return (
    <div className={classes.within}>
      <Stack gap="sm">
        {shown.map((turn) => (
          <OneTurn key={turn.index} turn={turn} title={`${word} ${turn.index + 1}`} job={job} />
        ))}
        {node.turns.length > telling.length && (
          <Button variant="subtle" size="sm" w="fit-content" onClick={() => setAll(!all)}>
            {all ? 'Show fewer' : `Show all ${node.turns.length}${failed > 0 ? `, of which ${failed} failed` : ''}`}
          </Button>
        )}
      </Stack>
    </div>
  )
}

function OneTurn({ turn, title, job }: { turn: Turn; title: string; job: Job }) {
  return (
    <section aria-label={title}>
      <Text size="sm" fw={600} c={turn.failed ? 'red' : 'dimmed'} mb={6}>
        {title}
        {turn.failed && ' · failed'}
      </Text>
      <Nodes nodes={turn.nodes} job={job} />
    </section>
  )
}

function Step({ node: { step, name }, job }: { node: StepNode; job: Job }) {
  const hasData = step.input !== null || step.output !== null || step.error !== null
  const [opened, setOpened] = useState(step.status === 'failed')
  return (
    <Card padding="md" component="section" aria-label={stepTitle(name)}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Stack gap={4} style={{ minWidth: 0 }}>
          <Text fw={600}>{stepTitle(name)}</Text>
          <AsWhom step={step} job={job} />
          <Outcome step={step} />
        </Stack>
        <StatusBadge status={statusOf(step, job)} />
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

/** A step that has begun runs, waits for an answer, or was cut short by the job's end. */
function statusOf({ status, kind }: JobStep, job: Job): string {
  if (status !== 'began') return status
  if (job.finished_at !== null) return 'interrupted'
  return kind === 'ask' ? 'waiting_for_answer' : status
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
            As <b>{(job.person ?? job.delegator)?.name ?? 'its person'}</b>, with <b>{account}</b>
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
const KINDS: Record<string, string> = {
  reply: 'Reply',
  if: 'Condition',
  stop: 'Stop',
  for_each: 'For each item',
  repeat: 'Again and again',
  handle_errors: 'Tried again on errors',
  call: 'Function',
  ask: 'Question',
}

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
