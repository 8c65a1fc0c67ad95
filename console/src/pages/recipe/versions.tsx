import { Badge, Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
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

/** Every version with its author; an earlier one can be brought back, as a new version. */
export function Versions({ recipe }: { recipe: Recipe }) {
  const mayEdit = useCan()('recipes.edit')
  const restore = useAct({
    run: (version: number) =>
      request<{ data: { webhook_url: string | null } }>('POST', `/recipes/${recipe.id}/restore`, {
        version,
        expected_version: recipe.version,
      }),
    note: 'Restored as a new version.',
    quiet: true,
  })
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
      cell: ({ version }) =>
        mayEdit &&
        version !== recipe.version && (
          <Button
            size="xs"
            variant="default"
            loading={restore.isPending && restore.variables === version}
            onClick={() => restore.mutate(version)}
          >
            Restore
          </Button>
        ),
    },
  ]
  return (
    <>
      <Refusal error={restore.error} />
      <WebhookShownOnce url={restore.data?.data.webhook_url} onClose={restore.reset} />
      <Loaded query={useQuery(recipeVersionsQuery(recipe.id))}>
        {(versions) => (
          <ListTable label="Versions" columns={columns} rows={versions} rowId={({ version }) => String(version)} />
        )}
      </Loaded>
    </>
  )
}
