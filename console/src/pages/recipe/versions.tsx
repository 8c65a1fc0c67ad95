import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { recipeVersionsQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Recipe, RecipeVersion } from '../../contract.ts'
import { type Column, ListTable } from '../../parts/list-table.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Refusal } from '../../parts/problem-list.tsx'
import { WebhookShownOnce } from '../../parts/shown-once.tsx'
import { Time } from '../../parts/time.tsx'
import { useCan } from '../../session.ts'
import { CompareVersions, type Pair } from './compare-versions.tsx'

/** Every version with its author, and in what two differ; an earlier one can be brought back as a new version, or copied to a recipe of its own. */
export function Versions({ recipe }: { recipe: Recipe }) {
  const mayEdit = useCan()('recipes.edit')
  const { restore, copy } = useBringBack(recipe)
  const comparison = useRef<HTMLDivElement>(null)
  const [chosen, setChosen] = useState<Pair>()
  const pair = chosen ?? { from: recipe.version - 1, to: recipe.version }
  const compare = (version: number) => {
    // The first was made from nothing: what became of it since is shown.
    setChosen(version === 1 ? { from: 1, to: recipe.version } : { from: version - 1, to: version })
    comparison.current?.scrollIntoView({ block: 'nearest' })
  }
  const columns: Column<RecipeVersion>[] = [
    {
      title: 'Version',
      cell: ({ version }) => (
        <Group gap={8} wrap="nowrap">
          <Text fw={600} size="sm">
            {version}
          </Text>
          {version === recipe.version && <Badge>Current</Badge>}
        </Group>
      ),
    },
    { title: 'Comment', cell: ({ comment }) => comment ?? '–' },
    { title: 'By', cell: ({ created_by }) => created_by?.name ?? 'Behalf' },
    { title: 'When', cell: ({ created_at }) => <Time at={created_at} /> },
    {
      title: '',
      cell: ({ version }) => (
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          {recipe.version > 1 && (
            <Button
              size="xs"
              variant="subtle"
              aria-label={`Compare version ${version}`}
              onClick={() => compare(version)}
            >
              Compare
            </Button>
          )}
          {mayEdit && version !== recipe.version && (
            <>
              <Button
                size="xs"
                variant="subtle"
                aria-label={`Copy version ${version}`}
                loading={copy.isPending && copy.variables === version}
                onClick={() => copy.mutate(version)}
              >
                Copy
              </Button>
              <Button
                size="xs"
                variant="default"
                aria-label={`Restore version ${version}`}
                loading={restore.isPending && restore.variables === version}
                onClick={() => restore.mutate(version)}
              >
                Restore
              </Button>
            </>
          )}
        </Group>
      ),
    },
  ]
  return (
    <Loaded query={useQuery(recipeVersionsQuery(recipe.id))}>
      {(versions) => (
        <Stack gap="lg">
          <Refusal error={restore.error ?? copy.error} />
          <WebhookShownOnce url={restore.data?.data.webhook_url} onClose={restore.reset} />
          {recipe.version > 1 && (
            <div ref={comparison}>
              <CompareVersions recipeId={recipe.id} versions={versions} pair={pair} onChange={setChosen} />
            </div>
          )}
          <ListTable label="Versions" columns={columns} rows={versions} rowId={({ version }) => String(version)} />
        </Stack>
      )}
    </Loaded>
  )
}

/** Saving an earlier version as the next one, and making a recipe of its own from it; both take the version's number. */
function useBringBack(recipe: Recipe) {
  const navigate = useNavigate()
  const restore = useAct({
    run: (version: number) =>
      request<{ data: { webhook_url: string | null } }>('POST', `/recipes/${recipe.id}/restore`, {
        version,
        expected_version: recipe.version,
      }),
    note: 'Restored as a new version.',
    quiet: true,
    done: () => copy.reset(),
  })
  const copy = useAct({
    run: (version: number) => request<{ data: Recipe }>('POST', `/recipes/${recipe.id}/copy`, { version }),
    note: 'Copied. The copy is stopped.',
    quiet: true,
    done: ({ data }) => void navigate({ to: '/recipes/$id', params: { id: data.id }, search: {} }),
  })
  return { restore, copy }
}
