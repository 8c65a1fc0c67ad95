import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { FILTER_NAMES } from './pages/runtime-user-connections/filter-names.ts'
import { Failure } from './parts/loaded.tsx'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })

// One chunk a page: what a person never opens is never loaded.
const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/chat', replace: true })
  },
})
const chat = createRoute({
  getParentRoute: () => root,
  path: '/chat',
  component: lazyRouteComponent(() => import('./pages/chat/chat.tsx'), 'Chat'),
})
const myConnections = createRoute({
  getParentRoute: () => root,
  path: '/my/connections',
  component: lazyRouteComponent(() => import('./pages/my-connections/my-connections.tsx'), 'MyConnections'),
})
const myJobs = createRoute({
  getParentRoute: () => root,
  path: '/my/jobs',
  component: lazyRouteComponent(() => import('./pages/jobs/my-jobs.tsx'), 'MyJobs'),
})
const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  validateSearch: textSearch('status'),
  component: lazyRouteComponent(() => import('./pages/jobs/jobs.tsx'), 'Jobs'),
})
const job = createRoute({
  getParentRoute: () => root,
  path: '/jobs/$id',
  component: lazyRouteComponent(() => import('./pages/jobs/job.tsx'), 'JobPage'),
})
const recipes = createRoute({
  getParentRoute: () => root,
  path: '/recipes',
  component: lazyRouteComponent(() => import('./pages/recipes/recipes.tsx'), 'Recipes'),
})
const newRecipe = createRoute({
  getParentRoute: () => root,
  path: '/recipes/new',
  component: lazyRouteComponent(() => import('./pages/recipes/new-recipe.tsx'), 'NewRecipe'),
})
const projectFile = createRoute({
  getParentRoute: () => root,
  path: '/recipes/project-file',
  component: lazyRouteComponent(() => import('./pages/recipes/project-file.tsx'), 'ProjectFile'),
})
const recipe = createRoute({
  getParentRoute: () => root,
  path: '/recipes/$id',
  validateSearch: textSearch('tab'),
  component: lazyRouteComponent(() => import('./pages/recipe/recipe.tsx'), 'RecipePage'),
})
const connections = createRoute({
  getParentRoute: () => root,
  path: '/connections',
  component: lazyRouteComponent(() => import('./pages/connections/connections.tsx'), 'Connections'),
})
const newConnection = createRoute({
  getParentRoute: () => root,
  path: '/connections/new',
  component: lazyRouteComponent(() => import('./pages/connections/new-connection.tsx'), 'NewConnectionPage'),
})
const connection = createRoute({
  getParentRoute: () => root,
  path: '/connections/$id',
  component: lazyRouteComponent(() => import('./pages/connection/connection.tsx'), 'ConnectionPage'),
})
const runtimeUserConnections = createRoute({
  getParentRoute: () => root,
  path: '/tools/runtime-user-connections',
  validateSearch: textSearch(...FILTER_NAMES, 'open'),
  component: lazyRouteComponent(
    () => import('./pages/runtime-user-connections/runtime-user-connections.tsx'),
    'RuntimeUserConnections',
  ),
})
const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  component: lazyRouteComponent(() => import('./pages/people/people.tsx'), 'People'),
})
const myAccount = createRoute({
  getParentRoute: () => root,
  path: '/my/account',
  component: lazyRouteComponent(() => import('./pages/my-account/my-account.tsx'), 'MyAccount'),
})
const groups = createRoute({
  getParentRoute: () => root,
  path: '/groups',
  component: lazyRouteComponent(() => import('./pages/groups/groups.tsx'), 'Groups'),
})
const surfaces = createRoute({
  getParentRoute: () => root,
  path: '/surfaces',
  component: lazyRouteComponent(() => import('./pages/surfaces/surfaces.tsx'), 'Surfaces'),
})
const surface = createRoute({
  getParentRoute: () => root,
  path: '/surfaces/$name',
  validateSearch: textSearch('installed', 'problem'),
  component: lazyRouteComponent(() => import('./pages/surfaces/surface.tsx'), 'SurfacePage'),
})
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings/settings.tsx'), 'Settings'),
})
const apiKeys = createRoute({
  getParentRoute: () => root,
  path: '/api-keys',
  component: lazyRouteComponent(() => import('./pages/api-keys/api-keys.tsx'), 'ApiKeys'),
})
const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: textSearch('action', 'person_id', 'target_id'),
  component: lazyRouteComponent(() => import('./pages/audit/audit.tsx'), 'Audit'),
})

const routeTree = root.addChildren([
  home,
  chat,
  myConnections,
  myJobs,
  jobs,
  job,
  recipes,
  newRecipe,
  projectFile,
  recipe,
  connections,
  newConnection,
  connection,
  runtimeUserConnections,
  people,
  myAccount,
  groups,
  surfaces,
  surface,
  settings,
  apiKeys,
  audit,
])

/** All pages by their address. Links are preloaded when a person points at them. */
export function createConsoleRouter() {
  return createRouter({
    routeTree,
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultErrorComponent: ({ error, reset }) => (
      <Failure error={error instanceof Error ? error : new Error(String(error))} again={reset} />
    ),
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>
  }
}

// The named parameters of an address as text, whatever was typed there; others are dropped.
function textSearch<K extends string>(...names: K[]) {
  return (search: Record<string, unknown>): { [name in K]?: string } => {
    const known: { [name in K]?: string } = {}
    for (const name of names) {
      const value = search[name]
      if (typeof value === 'string' || typeof value === 'number') known[name] = String(value)
    }
    return known
  }
}
