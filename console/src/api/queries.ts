import { queryOptions } from '@tanstack/react-query'
import type {
  ApiKey,
  ChatMessage,
  ChildrenByStatus,
  ChildrenLimit,
  Connection,
  ConnectionsOfPerson,
  Connector,
  Consent,
  Consequences,
  Delegation,
  DelegationRequest,
  Difference,
  Group,
  Job,
  ListedPerson,
  MyConnection,
  MySession,
  NamedConnection,
  Namespace,
  PersonIdentity,
  Preset,
  Project,
  Recipe,
  RecipeSummary,
  RecipeVersion,
  Role,
  RunnableRecipe,
  SealingKey,
  Session,
  SignInProvider,
  Surface,
  WorkspaceSettings,
} from '../contract.ts'
import { mergeMessages } from './merge-messages.ts'
import { getData } from './request.ts'

// What every page reads, by name. Slowly changing facts are kept for a while; everything else is read afresh when shown.
const SLOW = 5 * 60_000

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => getData<Session>('/session'),
  staleTime: SLOW,
})

export const connectorsQuery = queryOptions({
  queryKey: ['connectors'],
  queryFn: () => getData<Connector[]>('/connectors'),
  staleTime: SLOW,
})

/** Settings of well-known applications, for a connector that is set up for any. */
export const presetsQuery = (connector: string) =>
  queryOptions({
    queryKey: ['connectors', connector, 'presets'],
    queryFn: () => getData<Preset[]>(`/connectors/${connector}/presets`),
    staleTime: SLOW,
  })

/** Its README, as Markdown. */
export const connectorGuideQuery = (connector: string) =>
  queryOptions({
    queryKey: ['connectors', connector, 'guide'],
    queryFn: () => getData<{ text: string }>(`/connectors/${connector}/guide`),
    staleTime: SLOW,
  })

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: () => getData<Project[]>('/projects'),
  staleTime: SLOW,
})

export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: () => getData<Role[]>('/roles'),
  staleTime: SLOW,
})
export const peopleQuery = queryOptions({ queryKey: ['people'], queryFn: () => getData<ListedPerson[]>('/people') })

/** The people of products that embed Behalf. */
export const externalPeopleQuery = queryOptions({
  queryKey: ['people', 'external'],
  queryFn: () => getData<ListedPerson[]>('/people?kind=external'),
})

export const connectionsOfPersonQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', id, 'connections'],
    queryFn: () => getData<ConnectionsOfPerson>(`/people/${id}/connections`),
  })

/** Their accounts in chats, and at sign-in providers. */
export const identitiesQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', id, 'identities'],
    queryFn: () => getData<PersonIdentity[]>(`/people/${id}/identities`),
  })

export const groupsQuery = queryOptions({ queryKey: ['groups'], queryFn: () => getData<Group[]>('/groups') })
export const apiKeysQuery = queryOptions({ queryKey: ['api_keys'], queryFn: () => getData<ApiKey[]>('/api_keys') })

/** Parent connections, all of them or those of one connector. */
export const parentsQuery = (connector?: string) =>
  queryOptions({
    queryKey: ['connections', { connector }],
    queryFn: () =>
      getData<Connection[]>(
        `/connections?limit=200${connector === undefined ? '' : `&connector=${encodeURIComponent(connector)}`}`,
      ),
  })

export const connectionQuery = (id: string) =>
  queryOptions({ queryKey: ['connections', id], queryFn: () => getData<Connection>(`/connections/${id}`) })

/** How many people's own connections beneath a parent have which status. */
export const childrenOfQuery = (id: string) =>
  queryOptions({
    queryKey: ['connections', id, 'children'],
    queryFn: () => getData<ChildrenByStatus>(`/connections/${id}/children`),
  })

export const consequencesQuery = (id: string, of: 'disconnect' | 'delete') =>
  queryOptions({
    queryKey: ['connections', id, 'consequences', of],
    queryFn: () => getData<Consequences>(`/connections/${id}/consequences?of=${of}`),
    // Said before it is done, so it must be true now.
    gcTime: 0,
  })

export const recipeQuery = (id: string) =>
  queryOptions({ queryKey: ['recipes', id], queryFn: () => getData<Recipe>(`/recipes/${id}`) })

/** Recipes that work with the account of a person. */
export const personalRecipesQuery = queryOptions({
  queryKey: ['recipes', 'personal'],
  queryFn: async () => (await getData<RecipeSummary[]>('/recipes?limit=200')).filter(({ personal }) => personal),
})

export const recipeVersionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['recipes', id, 'versions'],
    queryFn: () => getData<RecipeVersion[]>(`/recipes/${id}/versions`),
  })

/** In what a later version differs from an earlier one; neither ever changes. */
export const differencesQuery = (id: string, { from, to }: { from: number; to: number }) =>
  queryOptions({
    queryKey: ['recipes', id, 'differences', from, to],
    queryFn: () => getData<Difference[]>(`/recipes/${id}/differences?from=${from}&to=${to}`),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** The server's key; of interest to whoever may edit the workspace's settings, who alone may read it. */
export const sealingKeyQuery = queryOptions({
  queryKey: ['workspace', 'sealing-key'],
  queryFn: () => getData<SealingKey>('/workspace/sealing-key'),
})

export const consentsQuery = queryOptions({
  queryKey: ['me', 'consents'],
  queryFn: () => getData<Consent[]>('/me/consents'),
})

export const delegationsQuery = queryOptions({
  queryKey: ['me', 'delegations'],
  queryFn: () => getData<Delegation[]>('/me/delegations'),
})

export const delegationRequestsQuery = queryOptions({
  queryKey: ['me', 'delegation_requests'],
  queryFn: () => getData<DelegationRequest[]>('/me/delegation_requests'),
})

/** The connections of people that a recipe names. */
export const recipeDelegationsQuery = (id: string) =>
  queryOptions({
    queryKey: ['recipes', id, 'delegations'],
    queryFn: () => getData<NamedConnection[]>(`/recipes/${id}/delegations`),
  })

export const mySessionsQuery = queryOptions({
  queryKey: ['me', 'sessions'],
  queryFn: () => getData<MySession[]>('/me/sessions'),
})

export const workspaceSettingsQuery = queryOptions({
  queryKey: ['workspace', 'settings'],
  queryFn: () => getData<WorkspaceSettings>('/workspace/settings'),
})

export const signInProvidersQuery = queryOptions({
  queryKey: ['sign-in-providers'],
  queryFn: () => getData<SignInProvider[]>('/sign-in-providers'),
})

/** The chats that can be set up. */
export const surfacesQuery = queryOptions({ queryKey: ['surfaces'], queryFn: () => getData<Surface[]>('/surfaces') })

export const surfaceQuery = (name: string) =>
  queryOptions({
    queryKey: ['surfaces', name],
    queryFn: () => getData<Surface>(`/surfaces/${encodeURIComponent(name)}`),
  })

export const namespacesQuery = queryOptions({
  queryKey: ['namespaces'],
  queryFn: () => getData<Namespace[]>('/namespaces'),
})

export const childrenLimitsQuery = queryOptions({
  queryKey: ['connections', 'limits'],
  queryFn: () => getData<ChildrenLimit[]>('/runtime-user-connections/limits'),
})

const ENDED = new Set(['succeeded', 'failed', 'cancelled', 'expired'])

/** One job, read again every two seconds until it has ended. */
export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ['jobs', id],
    queryFn: () => getData<Job>(`/jobs/${id}`),
    refetchInterval: (query) => (query.state.data === undefined || ENDED.has(query.state.data.status) ? false : 2_000),
  })

export const myConnectionsQuery = queryOptions({
  queryKey: ['me', 'connections'],
  queryFn: () => getData<MyConnection[]>('/me/connections'),
})

export const myRecipesQuery = queryOptions({
  queryKey: ['me', 'recipes'],
  queryFn: () => getData<RunnableRecipe[]>('/me/recipes'),
})

export const chatQuery = queryOptions({
  queryKey: ['chat'],
  queryFn: () => getData<ChatMessage[]>('/chat/messages'),
  // The stream keeps it true; see pages/chat/use-chat-stream.ts.
  staleTime: Number.POSITIVE_INFINITY,
  refetchOnMount: 'always',
  // A reading that was under way while a line came by the stream must not take that line away again.
  structuralSharing: (before, after) => mergeMessages((before ?? []) as ChatMessage[], after as ChatMessage[]),
})
