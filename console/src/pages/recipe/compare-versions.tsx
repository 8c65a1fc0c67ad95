import { Card, Group, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { differencesQuery } from '../../api/queries.ts'
import type { RecipeVersion } from '../../contract.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { Differences } from '../../recipe/differences.tsx'

export interface Pair {
  from: number
  to: number
}

interface CompareProps {
  recipeId: string
  versions: RecipeVersion[]
  pair: Pair
  onChange: (pair: Pair) => void
}

/** In what two versions differ, and the choice of both. */
export function CompareVersions({ recipeId, versions, pair, onChange }: CompareProps) {
  const data = versions.map(({ version, comment }) => ({
    value: String(version),
    label: comment ? `${version} · ${comment}` : String(version),
  }))
  const choice = (label: string, side: keyof Pair) => (
    <Select
      label={label}
      data={data}
      value={String(pair[side])}
      onChange={(value) => value !== null && onChange({ ...pair, [side]: Number(value) })}
      allowDeselect={false}
      style={{ flex: '1 1 180px' }}
    />
  )
  return (
    <Card component="section" aria-label="What changed">
      <Stack>
        <Text fw={600}>What changed</Text>
        <Group>
          {choice('From version', 'from')}
          {choice('To version', 'to')}
        </Group>
        <Loaded query={useQuery(differencesQuery(recipeId, pair))}>
          {(differences) => <Differences differences={differences} />}
        </Loaded>
      </Stack>
    </Card>
  )
}
