import { Anchor, Group, Stack, Text, ThemeIcon } from '@mantine/core'
import type { ReactNode } from 'react'
import { ConnectorIcon, useConnector } from '../parts/app-icon.tsx'
import { Facts } from '../parts/facts.tsx'
import { Icon, type IconName } from '../parts/icon.tsx'
import type { Conditions, RecipeConnection, Step } from './document.ts'
import { MappingView } from './mapping.tsx'
import classes from './steps.module.css'
import { buttonWords, comparisonWords, leaves, menuWords, stepTitle } from './words.ts'

type Connections = Record<string, RecipeConnection>

/** A recipe's steps for reading, in their order, branches indented. */
export function Steps({ steps, connections }: { steps: Step[]; connections: Connections }) {
  if (steps.length === 0) return <Text c="dimmed">Nothing.</Text>
  return (
    <ol className={classes.steps}>
      {steps.map((step) => (
        <li key={step.name}>
          <StepView step={step} connections={connections} />
        </li>
      ))}
    </ol>
  )
}

function StepView({ step, connections }: { step: Step; connections: Connections }) {
  switch (step.kind) {
    case 'action':
      return <ActionStep step={step} connection={connections[step.connection]} />
    case 'reply':
      return <ReplyStep step={step} />
    case 'stop':
      return (
        <Card icon="stop" title={stepTitle(step.name)} says={`Ends the job as ${step.outcome}`}>
          {step.message && (
            <Text size="sm">
              <MappingView value={step.message} />
            </Text>
          )}
        </Card>
      )
    case 'if':
      return <IfStep step={step} connections={connections} />
    case 'for_each':
    case 'repeat':
      return <LoopStep step={step} connections={connections} />
    case 'handle_errors':
      return <HandleErrorsStep step={step} connections={connections} />
    case 'call':
      return <CallStep step={step} />
    case 'ask':
      return <AskStep step={step} />
  }
}

function ReplyStep({ step }: { step: Extract<Step, { kind: 'reply' }> }) {
  const { name, text, fields = [], buttons = [], menus = [], updates, only_for_its_person } = step
  const whom = only_for_its_person ? 'to whoever ran it alone' : 'to whoever ran it'
  return (
    <Card
      icon="chat"
      title={stepTitle(name)}
      says={updates ? `Says, in the place of “${stepTitle(updates)}”, ${whom}` : `Replies ${whom}`}
    >
      <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
        <MappingView value={text} />
      </Text>
      <Mapped entries={fields.map(({ name, value }) => [name, value])} />
      <Mapped entries={[...buttons.map(buttonWords), ...menus.map(menuWords)]} />
    </Card>
  )
}

function LoopStep({
  step,
  connections,
}: {
  step: Extract<Step, { kind: 'for_each' | 'repeat' }>
  connections: Connections
}) {
  return (
    <Card
      icon="history"
      title={stepTitle(step.name)}
      says={step.kind === 'for_each' ? 'For each of' : 'Again and again'}
    >
      {step.kind === 'for_each' && (
        <Text size="sm">
          <MappingView value={step.items} />
        </Text>
      )}
      <Branch steps={step.steps} connections={connections} />
      {step.kind === 'repeat' && <ConditionsView conditions={step.while} word="As long as" />}
    </Card>
  )
}

function HandleErrorsStep({
  step: { name, steps, retries = 0, interval_seconds = 5, on_error = [] },
  connections,
}: {
  step: Extract<Step, { kind: 'handle_errors' }>
  connections: Connections
}) {
  const again = retries === 0 ? '' : `, tried ${retries} more times, ${interval_seconds} seconds apart`
  return (
    <Card icon="check" title={stepTitle(name)} says={`Handles errors${again}`}>
      <Branch steps={steps} connections={connections} />
      {on_error.length > 0 && <Branch word="When it fails" steps={on_error} connections={connections} />}
    </Card>
  )
}

function CallStep({ step }: { step: Extract<Step, { kind: 'call' }> }) {
  const named = Object.entries(step.connection_overrides ?? {})
  return (
    <Card
      icon="play"
      title={stepTitle(step.name)}
      says={step.wait === false ? 'Starts a function and goes on' : 'Calls a function'}
    >
      {step.recipe_id ? (
        <Anchor size="sm" href={`/recipes/${step.recipe_id}`}>
          The function
        </Anchor>
      ) : (
        <Text size="sm">No function is chosen.</Text>
      )}
      <Mapped entries={leaves(step.input ?? {})} />
      <Mapped entries={named.map(([alias, id]) => [`Connection for ${alias}`, id])} />
    </Card>
  )
}

function AskStep({ step }: { step: Extract<Step, { kind: 'ask' }> }) {
  const answers = step.choices?.map(({ label }) => label) ?? step.form?.map(({ name, label }) => label ?? name) ?? []
  return (
    <Card icon="chat" title={stepTitle(step.name)} says="Asks the person who runs it">
      <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
        <MappingView value={step.text} />
      </Text>
      <Text size="sm" c="dimmed">
        {answers.join(' · ')}
      </Text>
    </Card>
  )
}

function Branch({ word, steps, connections }: { word?: string; steps: Step[]; connections: Connections }) {
  return (
    <div className={classes.branch}>
      {word && (
        <Text size="sm" fw={600}>
          {word}
        </Text>
      )}
      <Steps steps={steps} connections={connections} />
    </div>
  )
}

function ActionStep({ step, connection }: { step: Extract<Step, { kind: 'action' }>; connection?: RecipeConnection }) {
  const connector = useConnector(connection?.connector ?? '')
  const action = connector?.actions.find(({ name }) => name === step.action)
  const whose = connection?.personal ? ', as the person who runs it' : ', with the connection’s own account'
  return (
    <Card
      picture={connection && <ConnectorIcon connector={connection.connector} size={30} />}
      title={stepTitle(step.name)}
      says={`${connector?.label ?? step.connection}: ${action?.label ?? step.action}${connection ? whose : ''}`}
    >
      <Mapped entries={leaves(step.input ?? {})} />
    </Card>
  )
}

function IfStep({ step, connections }: { step: Extract<Step, { kind: 'if' }>; connections: Connections }) {
  const branches = [step, ...(step.else_if ?? [])]
  return (
    <Card icon="swap" title={stepTitle(step.name)} says="Only if">
      {branches.map((branch, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: branches have no other identity
        <div key={index} className={classes.branch}>
          <ConditionsView conditions={branch.condition} word={index === 0 ? 'If' : 'Else if'} />
          <Steps steps={branch.steps} connections={connections} />
        </div>
      ))}
      {step.else && step.else.length > 0 && <Branch word="Else" steps={step.else} connections={connections} />}
    </Card>
  )
}

function ConditionsView({ conditions, word }: { conditions: Conditions; word: string }) {
  const [list, joint] = 'all' in conditions ? [conditions.all, ' and '] : [conditions.any, ' or ']
  return (
    <Text size="sm">
      <b>{word}</b>{' '}
      {list.map(({ left, is, right }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no other identity
        <span key={index}>
          {index > 0 && joint}
          <MappingView value={left} /> {comparisonWords(is)} {right !== undefined && <MappingView value={right} />}
        </span>
      ))}
    </Text>
  )
}

function Mapped({ entries }: { entries: [string, unknown][] }) {
  if (entries.length === 0) return null
  return <Facts>{entries.map(([name, value]) => [name, <MappingView key={name} value={value} />])}</Facts>
}

interface CardProps {
  icon?: IconName
  picture?: ReactNode
  title: string
  says: string
  children?: ReactNode
}

function Card({ icon, picture, title, says, children }: CardProps) {
  return (
    <div className={classes.card}>
      <Group wrap="nowrap" gap="sm">
        {picture ?? (
          <ThemeIcon variant="light" size={30}>
            <Icon name={icon ?? 'play'} size={16} />
          </ThemeIcon>
        )}
        <Stack gap={0} style={{ minWidth: 0 }}>
          <Text fw={600}>{title}</Text>
          <Text size="sm" c="dimmed">
            {says}
          </Text>
        </Stack>
      </Group>
      {children && <div className={classes.body}>{children}</div>}
    </div>
  )
}
