import { Badge, Checkbox, Text } from '@mantine/core'
import type { PushedRecipe } from '../../contract.ts'
import { ProblemList } from '../../parts/problem-list.tsx'
import { RowCard } from '../../parts/row-card.tsx'
import { Differences } from '../../recipe/differences.tsx'
import type { FileRecipe } from './read-project-file.ts'

const OUTCOMES = {
  created: { label: 'New', color: 'pine' },
  updated: { label: 'Changed', color: 'yellow' },
  unchanged: { label: 'The same', color: 'gray' },
} as const

interface PlannedRecipeProps {
  planned: PushedRecipe
  /** The recipe of its name that is there. */
  match: FileRecipe['match']
  /** Whether it shall become a new one all the same. */
  apart: boolean
  onApart: (apart: boolean) => void
}

/** What would become of one recipe of a file. */
export function PlannedRecipe({ planned, match, apart, onApart }: PlannedRecipeProps) {
  const { name, outcome, version, differences, problems } = planned
  return (
    <RowCard
      title={name}
      badges={<Badge color={OUTCOMES[outcome].color}>{OUTCOMES[outcome].label}</Badge>}
      below={
        <>
          {outcome === 'updated' && <Differences differences={differences} />}
          {problems.length > 0 && (
            <div style={{ marginTop: 12 }}>
              <ProblemList title="Before it can be started" problems={problems} />
            </div>
          )}
        </>
      }
    >
      <Text size="sm" c="dimmed">
        {outcome === 'created' && 'A recipe is made, stopped and shared with nobody.'}
        {outcome === 'updated' &&
          `It becomes version ${version} of the recipe of this name${match?.status === 'started' ? ', which is started and runs it from then on' : ''}.`}
        {outcome === 'unchanged' && 'The recipe of this name says the same already; it is left alone.'}
      </Text>
      {match && (
        <Checkbox
          size="xs"
          mt={6}
          label="Make a new recipe of it, and leave the one of this name alone"
          checked={apart}
          onChange={(event) => onApart(event.currentTarget.checked)}
        />
      )}
    </RowCard>
  )
}
