import { ScrollArea, Stack, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type ComponentType, lazy, Suspense } from 'react'
import { recipeQuery } from '../../api/queries.ts'
import type { Recipe } from '../../contract.ts'
import { Lines, Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { EnvironmentBadge, StatusBadge } from '../../parts/status-badge.tsx'
import { useCan } from '../../session.ts'
import { Overview } from './overview.tsx'
import { RecipeActions } from './recipe-actions.tsx'
import { StoppedNotice } from './stopped-notice.tsx'

const route = getRouteApi('/recipes/$id')

interface Tab {
  value: string
  label: string
  needs?: string
  panel: ComponentType<{ recipe: Recipe }>
}

const TABS: Tab[] = [
  { value: 'overview', label: 'Overview', panel: Overview },
  {
    value: 'settings',
    label: 'Settings',
    panel: lazy(async () => ({ default: (await import('./settings.tsx')).Settings })),
  },
  {
    value: 'run',
    label: 'Run',
    needs: 'recipes.run',
    panel: lazy(async () => ({ default: (await import('./run.tsx')).Run })),
  },
  {
    value: 'jobs',
    label: 'Jobs',
    needs: 'job_history.view',
    panel: lazy(async () => ({ default: (await import('./recipe-jobs.tsx')).RecipeJobs })),
  },
  {
    value: 'versions',
    label: 'Versions',
    panel: lazy(async () => ({ default: (await import('./versions.tsx')).Versions })),
  },
  { value: 'source', label: 'Source', panel: lazy(async () => ({ default: (await import('./source.tsx')).Source })) },
]

/** One recipe: what it does, with whose accounts, who may run it, its versions, jobs and source. */
export function RecipePage() {
  const { id } = route.useParams()
  const query = useQuery(recipeQuery(id))
  const recipe = query.data
  return (
    <Page
      title={recipe?.name ?? 'Recipe'}
      badge={
        recipe && (
          <>
            <StatusBadge status={recipe.status} />
            <EnvironmentBadge environment={recipe.environment} />
          </>
        )
      }
      back={{ to: '/recipes', label: 'Recipes' }}
      actions={recipe && <RecipeActions recipe={recipe} />}
    >
      <Loaded query={query}>
        {(recipe) => (
          <>
            <StoppedNotice recipe={recipe} />
            <RecipeTabs recipe={recipe} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function RecipeTabs({ recipe }: { recipe: Recipe }) {
  const { tab } = route.useSearch()
  const navigate = route.useNavigate()
  const can = useCan()
  const tabs = TABS.filter(({ needs }) => needs === undefined || can(needs))
  const value = tabs.some((one) => one.value === tab) ? tab : 'overview'
  return (
    <Tabs
      value={value}
      onChange={(next) => void navigate({ search: { tab: next ?? undefined }, replace: true })}
      keepMounted={false}
    >
      <ScrollArea type="never">
        <Tabs.List style={{ flexWrap: 'nowrap' }}>
          {tabs.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </ScrollArea>
      {tabs.map(({ value, panel: Panel }) => (
        <Tabs.Panel key={value} value={value} pt="lg">
          <Suspense fallback={<Lines />}>
            <Stack gap="lg">
              <Panel recipe={recipe} />
            </Stack>
          </Suspense>
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
