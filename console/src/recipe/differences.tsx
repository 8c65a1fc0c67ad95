import { Badge, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Difference } from '../contract.ts'
import { placeWords } from './difference-words.ts'
import classes from './differences.module.css'
import { inReadingOrder, type Step } from './document.ts'
import { Steps } from './steps.tsx'

const KINDS = {
  added: { label: 'Added', color: 'pine' },
  removed: { label: 'Removed', color: 'red' },
  changed: { label: 'Changed', color: 'yellow' },
  moved: { label: 'Moved', color: 'gray' },
} as const

/** In what a later version differs from an earlier one: where, with what stood there and what stands there now. */
export function Differences({ differences }: { differences: Difference[] }) {
  if (differences.length === 0) return <Text c="dimmed">Both say the same.</Text>
  return (
    <ul className={classes.list} aria-label="Differences">
      {differences.map((difference) => (
        <li key={difference.kind + difference.path}>
          <Group gap="xs">
            <Badge color={KINDS[difference.kind].color}>{KINDS[difference.kind].label}</Badge>
            <Text fw={600} size="sm" style={{ overflowWrap: 'anywhere' }} title={difference.path}>
              {placeWords(difference.place)}
            </Text>
          </Group>
          <dl style={{ margin: 0 }}>
            {difference.kind !== 'added' && (
              <Value word="Before" className={classes.before} value={difference.before} />
            )}
            {difference.kind !== 'removed' && <Value word="After" className={classes.after} value={difference.after} />}
          </dl>
        </li>
      ))}
    </ul>
  )
}

function Value({ word, className, value }: { word: string; className: string | undefined; value: unknown }) {
  return (
    <div className={`${classes.value} ${className}`}>
      <dt>{word}</dt>
      <dd>{valueView(value)}</dd>
    </div>
  )
}

function valueView(value: unknown): ReactNode {
  if (isStep(value)) return <Steps steps={[value]} connections={{}} />
  if (typeof value === 'object' && value !== null) return <pre>{JSON.stringify(inReadingOrder(value), null, 2)}</pre>
  if (value === '' || value === null) return 'nothing'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return String(value)
}

const isStep = (value: unknown): value is Step =>
  typeof value === 'object' && value !== null && 'kind' in value && 'name' in value
