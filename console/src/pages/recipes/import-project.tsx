import { Button, Card, FileButton, Group, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { allPages } from '../../api/all-pages.ts'
import { ApiError, request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Environment, PushedRecipe, RecipeSummary } from '../../contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { TextLink } from '../../parts/links.tsx'
import { Lines } from '../../parts/loaded.tsx'
import { Refusal } from '../../parts/problem-list.tsx'
import { PlannedRecipe } from './planned-recipe.tsx'
import { type FileRecipe, matchByName, readProjectFile } from './read-project-file.ts'

interface Place {
  project_id: string
  environment: Environment
}

/** Imports a project's file: what it would make and change is shown first, with what would keep each recipe from being started. */
export function ImportProject({ place }: { place: Place }) {
  const [name, setName] = useState('')
  // Without it the browser says nothing when the same file is chosen again.
  const forgetChoice = useRef<() => void>(null)
  const load = useAct({
    run: async (file: File) => {
      setName(file.name)
      const read = readProjectFile(await file.text())
      const there = await allPages<RecipeSummary>(`/recipes?project_id=${place.project_id}&limit=200`)
      return matchByName(
        read,
        there.filter(({ environment }) => environment === place.environment),
      )
    },
    refresh: false,
    quiet: true,
  })
  return (
    <Stack>
      <Group gap="sm">
        <FileButton
          accept="application/json,.json"
          resetRef={forgetChoice}
          onChange={(file) => {
            if (file) load.mutate(file)
            forgetChoice.current?.()
          }}
        >
          {(props) => (
            <Button
              {...props}
              variant="default"
              leftSection={<Icon name="upload" size={16} />}
              loading={load.isPending}
            >
              {load.data ? 'Choose another file' : 'Choose a file'}
            </Button>
          )}
        </FileButton>
        {load.data && (
          <Text size="sm" c="dimmed">
            {name}
          </Text>
        )}
      </Group>
      <Refusal error={load.error} />
      {load.data && <Plan key={load.submittedAt} place={place} recipes={load.data} />}
    </Stack>
  )
}

function Plan({ place, recipes }: { place: Place; recipes: FileRecipe[] }) {
  const queries = useQueryClient()
  // Those that shall become new recipes although there is one of their name.
  const [apart, setApart] = useState<ReadonlySet<number>>(new Set())
  const body = {
    ...place,
    recipes: recipes.map(({ file, match }, index) => ({
      file,
      ...(match && !apart.has(index) && { id: match.id, expected_version: match.version }),
    })),
  }
  const plan = useQuery({
    queryKey: ['recipes', 'plan', body],
    queryFn: async () => (await request<{ data: PushedRecipe[] }>('POST', '/recipes/validate', body)).data,
    placeholderData: (before) => before,
    gcTime: 0,
    retry: false,
  })
  const push = useAct({
    run: async () => (await request<{ data: PushedRecipe[] }>('POST', '/recipes/push', body)).data,
    refresh: false,
    quiet: true,
    done: () => void queries.invalidateQueries({ queryKey: ['recipes', 'pages'] }),
  })
  if (push.data) return <Done recipes={push.data} />
  if (plan.error) return <Refusal error={plan.error} />
  if (plan.data === undefined) return <Lines />
  const to = plan.data.filter(({ outcome }) => outcome !== 'unchanged').length
  return (
    <Stack>
      {plan.data.map((planned, index) => (
        <PlannedRecipe
          // biome-ignore lint/suspicious/noArrayIndexKey: a file's recipes have no other identity
          key={index}
          planned={planned}
          match={recipes[index]?.match}
          apart={apart.has(index)}
          onApart={(isApart) => {
            const next = new Set(apart)
            if (isApart) next.add(index)
            else next.delete(index)
            setApart(next)
          }}
        />
      ))}
      <Refusal error={push.error && sayAgain(push.error)} />
      <Group justify="flex-end">
        <Button loading={push.isPending || plan.isFetching} disabled={to === 0} onClick={() => push.mutate()}>
          {to === 0 ? 'Nothing to import' : `Import ${to} ${to === 1 ? 'recipe' : 'recipes'}`}
        </Button>
      </Group>
    </Stack>
  )
}

// The server's words for it are for files that are kept in git.
function sayAgain(error: Error): Error {
  if (!(error instanceof ApiError && error.code === 'recipe_version_conflict')) return error
  return new Error('A recipe was changed here in the meantime. Choose the file again to see what it would change now.')
}

const BECAME = { created: 'made, stopped', updated: 'has a new version', unchanged: 'was the same already' }

function Done({ recipes }: { recipes: PushedRecipe[] }) {
  return (
    <Card role="status">
      <Text fw={600} mb="xs">
        Imported
      </Text>
      <Stack gap={4}>
        {recipes.map(({ id, name, outcome, problems }) => (
          <Text key={id} size="sm">
            <TextLink to="/recipes/$id" params={{ id }} size="sm">
              {name}
            </TextLink>
            : {BECAME[outcome]}
            {problems.length > 0 &&
              `, ${problems.length === 1 ? 'one thing' : `${problems.length} things`} to do first`}
          </Text>
        ))}
      </Stack>
    </Card>
  )
}
