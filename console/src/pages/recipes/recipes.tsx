import { Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { projectsQuery } from '../../api/queries.ts'
import { moreOf, usePages } from '../../api/use-pages.ts'
import type { RecipeSummary } from '../../contract.ts'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icon.tsx'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { type Column, ListTable } from '../../parts/list-table.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { EnvironmentBadge, StatusBadge } from '../../parts/status-badge.tsx'
import { Time } from '../../parts/time.tsx'
import { triggerWords } from '../../recipe/words.ts'
import { useCan } from '../../session.ts'

/** The workspace's recipes. */
export function Recipes() {
  const query = usePages<RecipeSummary>('/recipes')
  const canEdit = useCan()('recipes.edit')
  const add = canEdit && (
    <ButtonLink to="/recipes/new" leftSection={<Icon name="plus" size={16} />}>
      New recipe
    </ButtonLink>
  )
  return (
    <Page
      title="Recipes"
      lead="A recipe is one trigger and the steps that follow. Started, it runs for the people it is shared with."
      actions={
        <>
          <ButtonLink to="/recipes/project-file" variant="default" leftSection={<Icon name="folder" size={16} />}>
            Export or import a project
          </ButtonLink>
          {add}
        </>
      }
      wide
    >
      <Loaded query={query}>
        {(recipes) =>
          recipes.length === 0 ? (
            <Empty icon="recipe" title="No recipes yet" action={add}>
              Begin with a small one: a command that people type in chat, one action, and a reply. Then turn on the
              switch, and it acts as each person who runs it.
            </Empty>
          ) : (
            <RecipeTable recipes={recipes} more={moreOf(query)} />
          )
        }
      </Loaded>
    </Page>
  )
}

type More = { has: boolean; busy: boolean; load: () => void }

function RecipeTable({ recipes, more }: { recipes: RecipeSummary[]; more: More }) {
  const projects = useQuery(projectsQuery).data ?? []
  const columns: Column<RecipeSummary>[] = [
    { title: 'Recipe', cell: (recipe) => <Name recipe={recipe} /> },
    { title: 'Status', cell: (recipe) => <StatusBadge status={recipe.status} /> },
    { title: 'Trigger', cell: (recipe) => <SetOff recipe={recipe} /> },
    {
      title: 'Runs as',
      cell: ({ personal }) => (personal ? <b>The person who runs it</b> : 'The connection’s account'),
    },
    {
      title: 'Project',
      cell: ({ project_id, environment }) => (
        <Group gap={8} wrap="nowrap">
          {projects.find(({ id }) => id === project_id)?.name ?? '–'}
          <EnvironmentBadge environment={environment} />
        </Group>
      ),
    },
    { title: 'Made', cell: ({ created_at }) => <Time at={created_at} /> },
  ]
  return <ListTable label="Recipes" columns={columns} rows={recipes} rowId={({ id }) => id} more={more} />
}

/** What sets it off, and when next. */
function SetOff({ recipe: { trigger, schedule } }: { recipe: RecipeSummary }) {
  const next = schedule?.next_run_at
  return (
    <Stack gap={2}>
      {triggerWords(trigger)}
      {next && (
        <Text size="xs" c="dimmed">
          Next <Time at={next} />
        </Text>
      )}
    </Stack>
  )
}

function Name({ recipe }: { recipe: RecipeSummary }) {
  return (
    <Stack gap={2}>
      <TextLink to="/recipes/$id" params={{ id: recipe.id }} fw={600}>
        {recipe.name}
      </TextLink>
      {recipe.stopped_reason && (
        <Text size="xs" c="var(--mantine-color-error)" maw={420}>
          Stopped by Behalf <Time at={recipe.stopped_at} never="" />: {recipe.stopped_reason}
        </Text>
      )}
    </Stack>
  )
}
