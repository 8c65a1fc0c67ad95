import type { ConnectionId, PersonId } from '../../src/core/ids.ts'
import type { MatrixWorld } from './privilege-matrix-world.ts'

export interface MatrixRequest {
  path: string
  /** Sent as JSON. */
  body?: unknown
  /** Sent as a form. */
  form?: Record<string, string>
}

/** Who asks, as far as what they ask for depends on it: null for nobody and for keys. */
export interface Asker {
  personId: PersonId | null
}

/**
 * What each row of the table sends: a request that would be served to whoever may, on things that exist; what it uses up is made afresh.
 * A route that is not here sends nothing but itself.
 */
export const REQUESTS: Record<string, (world: MatrixWorld, asker: Asker) => MatrixRequest | Promise<MatrixRequest>> = {
  'GET /assets/*': (world) => ({ path: world.asset }),
  'GET /*': () => ({ path: '/recipes' }),
  'ALL /api/*': () => ({ path: '/api/nothing/here' }),
  'POST /hooks/:recipe/:secret': (world) => ({ path: world.webhookPath, body: {} }),
  'POST /hooks/:recipe/:secret (wrong secret)': (world) => ({ path: `${world.webhookPath}x`, body: {} }),

  'POST /sign-in (wrong password)': (world) => ({
    path: '/sign-in',
    form: { email: `${world.unique()}@acme.test`, password: 'not the password' },
  }),
  'GET /sign-in/with/:provider (unknown)': () => ({ path: '/sign-in/with/nobody' }),
  'GET /sign-in/callback/:provider': async (world) => ({
    path: `/sign-in/callback/${await world.signInProvider()}?code=abc&state=def`,
  }),
  'POST /welcome (set up already)': () => ({
    path: '/welcome',
    form: { workspace: 'Mine', name: 'Mallory', email: 'mallory@evil.test', password: 'a long enough password' },
  }),

  'GET /connect/l/:token': async (world) => ({ path: await world.connectLink() }),
  'POST /connect/l/:token': async (world) => ({ path: await world.connectLink(), form: { do: 'decline' } }),
  'POST /connect/l/:token/fresh': async (world) => ({ path: `${await world.connectLink()}/fresh`, form: {} }),
  'POST /connect/v/:visit/fresh': async (world) => ({ path: `${await world.connectVisit()}/fresh`, form: {} }),
  'GET /connect/v/:visit': async (world) => ({ path: await world.connectVisit() }),
  'POST /connect/v/:visit': async (world) => ({ path: await world.connectVisit(), form: { do: 'decline' } }),
  'GET /connect/confirm/:attempt': (world) => ({ path: `/connect/confirm/${world.attempt}` }),
  'POST /connect/confirm/:attempt': (world) => ({ path: `/connect/confirm/${world.attempt}`, form: { do: 'yes' } }),
  'GET /connect/callback/:connection': (world) => ({ path: `/connect/callback/${world.parent}?code=abc&state=def` }),

  'POST /api/me/password': async (world, { personId }) => ({
    path: '/api/me/password',
    body: { current_password: await world.password(personId), new_password: `changed ${world.unique()}` },
  }),
  'DELETE /api/me/sessions/:id': async (world, { personId }) => ({
    path: `/api/me/sessions/${await world.session(personId ?? world.vera)}`,
  }),
  "DELETE /api/me/sessions/:id (another's)": async (world) => ({
    path: `/api/me/sessions/${await world.session(world.vera)}`,
  }),
  'POST /api/me/connections/:parent_id/connect': (world) => ({
    path: `/api/me/connections/${world.parent}/connect`,
  }),
  'POST /api/me/connections/:parent_id/connect (not needed)': (world) => ({
    path: `/api/me/connections/${world.unusedParent}/connect`,
  }),
  'POST /api/chat/messages': () => ({ path: '/api/chat/messages', body: { text: 'help' } }),
  "POST /api/chat/presses (another's)": () => ({
    path: '/api/chat/presses',
    body: { press: { do: 'cancel', job: 'job_00000000000000000000000000' }, line_id: 'msg_none' },
  }),

  'POST /api/namespaces': (world) => ({
    path: '/api/namespaces',
    body: { name: world.unique(), origins: ['https://desk.example'] },
  }),
  'PATCH /api/namespaces/:id': async (world) => ({
    path: `/api/namespaces/${await world.namespace()}`,
    body: { name: world.unique() },
  }),
  'DELETE /api/namespaces/:id': async (world) => ({ path: `/api/namespaces/${await world.namespace()}` }),
  'POST /api/people (a service person)': (world) => ({
    path: '/api/people',
    body: { kind: 'service', name: world.unique() },
  }),
  'POST /api/people/:id/connections': async (world) => ({
    path: `/api/people/${await world.servicePerson()}/connections`,
    body: { parent_id: world.parent },
  }),
  'POST /api/people/:id/connections (of a human)': (world) => ({
    path: `/api/people/${world.vera}/connections`,
    body: { parent_id: world.parent },
  }),
  "POST /api/me/delegations (another's)": (world) => ({
    path: '/api/me/delegations',
    body: { connection_id: world.child, recipe_id: world.personalRecipe, until: world.tomorrow() },
  }),
  "DELETE /api/me/delegations/:id (another's)": async (world) => ({
    path: `/api/me/delegations/${await world.delegation()}`,
  }),
  "POST /api/me/delegation_requests/:id/accept (another's)": async (world) => ({
    path: `/api/me/delegation_requests/${await world.delegationRequest()}/accept`,
    body: { shown: 'this' },
  }),
  "POST /api/me/delegation_requests/:id/decline (another's)": async (world) => ({
    path: `/api/me/delegation_requests/${await world.delegationRequest()}/decline`,
    body: {},
  }),
  'POST /api/connections/runtime_user_connections': (world) => ({
    path: '/api/connections/runtime_user_connections',
    body: { parent_id: world.parent, external_id: 'u-1' },
  }),
  'GET /api/connections/runtime_user_connections/:id/get_oauth_url': (world) => ({
    path: `/api/connections/runtime_user_connections/${world.child}/get_oauth_url`,
  }),
  'POST /api/connections/runtime_user_connections/:id/complete': (world) => ({
    path: `/api/connections/runtime_user_connections/${world.child}/complete`,
    body: { completion: 'x', external_id: 'u-1' },
  }),
  'DELETE /api/people/external/:external_id': () => ({ path: '/api/people/external/u-1' }),
  'GET /connect/external/:token': async (world) => ({
    path: `/connect/external/${(await world.externalVisit()).token}`,
  }),
  "GET /connect/external/:token (another person's link)": async (world) => ({
    path: (await world.connectLink()).replace('/l/', '/external/'),
  }),
  'POST /connect/external/:token (without a cookie)': async (world) => ({
    path: `/connect/external/${(await world.externalVisit()).token}`,
    form: { do: 'decline' },
  }),
  "GET /connect/external/v/:visit (another browser's)": async (world) => ({
    path: `/connect/external/v/${(await world.externalVisit()).id}`,
  }),
  "POST /connect/external/v/:visit (another browser's)": async (world) => ({
    path: `/connect/external/v/${(await world.externalVisit()).id}`,
    form: { do: 'decline' },
  }),

  'POST /api/people': (world) => ({ path: '/api/people', body: newPerson(world, 'member') }),
  'POST /api/people (an owner)': (world) => ({ path: '/api/people', body: newPerson(world, 'owner') }),
  'PATCH /api/people/:id': async (world) => ({
    path: `/api/people/${await world.person('member')}`,
    body: { name: 'Renamed' },
  }),
  'PATCH /api/people/:id (an owner)': async (world) => ({
    path: `/api/people/${await world.person('owner')}`,
    body: { name: 'Renamed' },
  }),
  'PATCH /api/people/:id (made an owner)': async (world) => ({
    path: `/api/people/${await world.person('member')}`,
    body: { role: 'owner' },
  }),
  'POST /api/people/:id/deactivate': async (world) => ({
    path: `/api/people/${await world.person('member')}/deactivate`,
  }),
  'POST /api/people/:id/deactivate (an owner)': async (world) => ({
    path: `/api/people/${await world.person('owner')}/deactivate`,
  }),
  'GET /api/people/:id/connections': async (world) => ({
    path: `/api/people/${await world.person('member')}/connections`,
  }),
  'POST /api/people/:id/reactivate': async (world) => ({
    path: `/api/people/${await world.person('member')}/reactivate`,
  }),
  'POST /api/people/:id/resume-asking': async (world) => ({
    path: `/api/people/${await world.person('member')}/resume-asking`,
  }),
  'POST /api/groups': (world) => ({ path: '/api/groups', body: { name: world.unique() } }),
  'PATCH /api/groups/:id': async (world) => ({
    path: `/api/groups/${await world.group()}`,
    body: { name: world.unique() },
  }),
  'DELETE /api/groups/:id': async (world) => ({ path: `/api/groups/${await world.group()}` }),
  'PUT /api/groups/:id/members': async (world) => ({
    path: `/api/groups/${await world.group()}/members`,
    body: { person_ids: [world.vera] },
  }),
  'POST /api/projects': (world) => ({ path: '/api/projects', body: { name: world.unique() } }),
  'POST /api/api_keys': (world) => ({
    path: '/api/api_keys',
    body: { name: world.unique(), privileges: ['recipes.run'] },
  }),
  'DELETE /api/api_keys/:id': async (world) => ({ path: `/api/api_keys/${await world.apiKey()}` }),

  'POST /api/sign-in-providers': (world) => ({ path: '/api/sign-in-providers', body: world.newSignInProvider() }),
  'PATCH /api/sign-in-providers/:id': async (world) => ({
    path: `/api/sign-in-providers/${await world.signInProvider()}`,
    body: { label: 'Renamed' },
  }),
  'DELETE /api/sign-in-providers/:id': async (world) => ({
    path: `/api/sign-in-providers/${await world.signInProvider()}`,
  }),
  'POST /api/sign-in-providers/:id/test (nothing there)': async (world) => ({
    path: `/api/sign-in-providers/${await world.signInProvider()}/test`,
  }),

  'GET /api/people/:id/identities': (world) => ({ path: `/api/people/${world.vera}/identities` }),
  'POST /api/people/:id/identities': async (world) =>
    identityOf(await world.chatAccount(), await world.person('member')),
  "POST /api/people/:id/identities (an owner's)": async (world) =>
    identityOf(await world.chatAccount(), await world.person('owner')),
  'DELETE /api/people/:id/identities/:identity_id': async (world) => {
    const { personId, identityId } = await world.chatAccount()
    return { path: `/api/people/${personId}/identities/${identityId}` }
  },

  'GET /api/surfaces/:name': () => ({ path: '/api/surfaces/courier' }),
  'PUT /api/surfaces/:name': (world) => ({ path: '/api/surfaces/courier', body: world.surfaceSettings }),
  'DELETE /api/surfaces/:name': async (world) => ({ path: `/api/surfaces/${(await world.surface()).surface}` }),
  'POST /api/surfaces/:name/check': async (world) => ({
    path: `/api/surfaces/${(await world.surface()).surface}/check`,
  }),
  'GET /api/surfaces/:name/files/:file': () => ({ path: '/api/surfaces/courier/files/manifest.json' }),
  'PATCH /api/surface-installations/:id': async (world) => ({
    path: `/api/surface-installations/${await world.surfaceInstallation()}`,
    body: { allows_guests: true },
  }),
  'DELETE /api/surface-installations/:id': async (world) => ({
    path: `/api/surface-installations/${await world.surfaceInstallation()}`,
  }),

  "GET /api/connections (with people's own)": () => ({ path: '/api/connections?include_runtime_connections=true' }),
  'POST /api/connections': (world) => ({ path: '/api/connections', body: world.newConnection() }),
  'PATCH /api/connections/:id': (world) => at(world.parent, '', { name: 'Acme Salesforce' }),
  'POST /api/connections/:id/connect': (world) => at(world.parent, '/connect'),
  'GET /api/connections/:id': (world) => at(world.parent),
  'GET /api/connections/:id/consequences': (world) => at(world.parent, '/consequences?of=disconnect'),
  'GET /api/connections/:id/consequences (of deleting)': (world) => at(world.parent, '/consequences?of=delete'),
  'POST /api/connections/:id/disconnect': (world) => at(world.unusedParent, '/disconnect'),
  'DELETE /api/connections/:id': async (world) => at(await world.newParent()),
  'GET /api/connectors/:name/presets': () => ({ path: '/api/connectors/generic-oauth2/presets' }),
  'GET /api/connectors/:name/guide': () => ({ path: '/api/connectors/salesforce/guide' }),
  'POST /api/connections/:id/test': (world) => at(world.parent, '/test'),
  'GET /api/connections/:id/uses': (world) => at(world.parent, '/uses'),
  'GET /api/connections/:id/events': (world) => at(world.parent, '/events'),
  'GET /api/runtime-user-connections/revoke/consequences': (world) => ({
    path: `/api/runtime-user-connections/revoke/consequences?ids=${world.child}`,
  }),
  'POST /api/runtime-user-connections/revoke': async (world) => ({
    path: '/api/runtime-user-connections/revoke',
    body: { ids: [await world.newChild()] },
  }),
  'POST /api/runtime-user-connections/revoke (deleting)': async (world) => ({
    path: '/api/runtime-user-connections/revoke',
    body: { ids: [await world.newChild()], kind: 'delete' },
  }),
  'GET /api/runtime-user-connections/revoke/:id': async (world) => ({
    path: `/api/runtime-user-connections/revoke/${await world.bulkRevocation()}`,
  }),
  "DELETE /api/me/consents/:id (another's)": (world) => ({ path: `/api/me/consents/${world.consent}` }),
  'PATCH /api/workspace/settings': () => ({ path: '/api/workspace/settings', body: { children_limit: 9999 } }),
  'GET /api/connections/:id/children': (world) => at(world.parent, '/children'),
  'DELETE /api/delegations/:id': async (world) => ({ path: `/api/delegations/${await world.delegation()}` }),
  "GET /api/connections/:id/consents (another's)": (world) => at(world.child, '/consents'),
  "POST /api/connections/:id/ask-again (another's)": async (world) => at(await world.newChild(), '/ask-again'),
  "GET /api/connections/:id (another's)": (world) => at(world.child),
  "GET /api/connections/:id/consequences (another's)": (world) => at(world.child, '/consequences?of=disconnect'),
  "POST /api/connections/:id/disconnect (another's)": async (world) => at(await world.newChild(), '/disconnect'),
  "DELETE /api/connections/:id (another's)": async (world) => at(await world.newChild()),
  "GET /api/connections/:id/uses (another's)": (world) => at(world.child, '/uses'),
  "GET /api/connections/:id/events (another's)": (world) => at(world.child, '/events'),

  'GET /api/recipes/:id': (world) => of(world.plainRecipe),
  'GET /api/recipes/:id/delegations': (world) => of(world.plainRecipe, '/delegations'),
  'POST /api/recipes/:id/delegations/ask (not named)': (world) =>
    of(world.plainRecipe, '/delegations/ask', { connection_id: world.child }),
  'GET /api/recipes/:id/versions': (world) => of(world.plainRecipe, '/versions'),
  'GET /api/recipes/:id/export': (world) => of(world.plainRecipe, '/export'),
  'POST /api/recipes': (world) => ({ path: '/api/recipes', body: { ...world.place, document: world.document(false) } }),
  'POST /api/recipes (switch on)': (world) => ({
    path: '/api/recipes',
    body: { ...world.place, document: world.document(true) },
  }),
  'POST /api/recipes/import': (world) => ({
    path: '/api/recipes/import',
    body: { ...world.place, file: world.file(false) },
  }),
  'POST /api/recipes/import (switch on)': (world) => ({
    path: '/api/recipes/import',
    body: { ...world.place, file: world.file(true) },
  }),
  'POST /api/projects/:id/import': (world) => projectFile(world, false),
  'POST /api/projects/:id/import (switch on)': (world) => projectFile(world, true),
  'GET /api/projects/:id/export': (world) => ({
    path: `/api/projects/${world.place.project_id}/export?environment=${world.place.environment}`,
  }),
  'POST /api/recipes/push': (world) => files(world, '/api/recipes/push', false),
  'POST /api/recipes/push (switch on)': (world) => files(world, '/api/recipes/push', true),
  'POST /api/recipes/validate': (world) => files(world, '/api/recipes/validate', false),
  'GET /api/recipes/:id/differences': (world) => of(world.plainRecipe, '/differences?from=1&to=1'),
  'POST /api/recipes/:id/copy': (world) => of(world.plainRecipe, '/copy', {}),
  'POST /api/recipes/:id/copy (switch on)': (world) => of(world.personalRecipe, '/copy', {}),
  'PUT /api/recipes/:id': async (world) =>
    of(await world.newRecipe(false), '', { document: world.document(false), expected_version: 1 }),
  'PUT /api/recipes/:id (switch turned on)': async (world) =>
    of(await world.newRecipe(false), '', { document: world.document(true), expected_version: 1 }),
  'POST /api/recipes/:id/restore': async (world) => of(await world.newRecipe(false), '/restore', { version: 1 }),
  'POST /api/recipes/:id/restore (switch turned on)': async (world) =>
    of(await world.recipeOnceOn(), '/restore', { version: 1 }),
  'POST /api/recipes/:id/mapping_preview': (world) =>
    of(world.plainRecipe, '/mapping_preview', { mapping: '{{= 1 + 1 }}' }),
  'PUT /api/recipes/:id/runners': (world) => of(world.plainRecipe, '/runners', { everyone: true }),
  'POST /api/recipes/:id/webhook': (world) => of(world.spareWebhookRecipe, '/webhook', {}),
  'DELETE /api/recipes/:id': async (world) => of(await world.newRecipe(false)),
  'POST /api/recipes/:id/start': (world) => of(world.plainRecipe, '/start'),
  'POST /api/recipes/:id/stop': async (world) => of(await world.newRecipe(false), '/stop'),
  'POST /api/recipes/:id/run': (world) => of(world.plainRecipe, '/run', { wait_seconds: 0 }),
  'POST /api/recipes/:id/run (not shared)': (world) => of(world.unsharedRecipe, '/run', { wait_seconds: 0 }),
  'POST /api/recipes/:id/run (switch on)': (world) => of(world.personalRecipe, '/run', { wait_seconds: 0 }),

  'GET /api/jobs/:id': async (world) => ({ path: `/api/jobs/${await world.job()}` }),
  'POST /api/jobs/:id/answer': async (world) => ({
    path: `/api/jobs/${await world.job()}/answer`,
    body: { step: 'sure', choice: 'yes' },
  }),
  'POST /api/jobs/:id/cancel': async (world) => ({ path: `/api/jobs/${await world.job()}/cancel` }),
  'POST /api/jobs/:id/rerun': async (world) => ({ path: `/api/jobs/${await world.job()}/rerun` }),
  "POST /api/jobs/:id/rerun (nobody's)": async (world) => ({ path: `/api/jobs/${await world.jobOfNobody()}/rerun` }),
  'POST /api/jobs/:id/ask-rerun': async (world) => ({ path: `/api/jobs/${await world.endedJob()}/ask-rerun` }),
  'POST /api/jobs/:id/share': async (world) => ({ path: `/api/jobs/${await world.job()}/share` }),
  'DELETE /api/jobs/:id/share': async (world) => ({ path: `/api/jobs/${await world.job()}/share` }),
}

const newPerson = (world: MatrixWorld, role: string) => ({
  name: 'Nina New',
  email: `${world.unique()}@acme.test`,
  role,
  password: 'a long enough password',
})

const identityOf = ({ identityId }: { identityId: string }, personId: PersonId): MatrixRequest => ({
  path: `/api/people/${personId}/identities`,
  body: { identity_id: identityId },
})

const at = (id: ConnectionId, rest = '', body?: unknown): MatrixRequest => ({
  path: `/api/connections/${id}${rest}`,
  body,
})

const of = (id: string, rest = '', body?: unknown): MatrixRequest => ({ path: `/api/recipes/${id}${rest}`, body })

const projectFile = ({ place, file }: MatrixWorld, personal: boolean): MatrixRequest => ({
  path: `/api/projects/${place.project_id}/import`,
  body: { environment: place.environment, file: { format: 'behalf-project/1', recipes: [file(personal).recipe] } },
})

const files = ({ place, file }: MatrixWorld, path: string, personal: boolean): MatrixRequest => ({
  path,
  body: { ...place, recipes: [{ file: file(personal) }] },
})
