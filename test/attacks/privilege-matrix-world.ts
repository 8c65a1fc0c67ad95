import { existsSync, readdirSync } from 'node:fs'
import { openLinkedVisit, openOwnVisit } from '../../src/asking/connect-visit.ts'
import { findLatestRequest, openDelegationRequest } from '../../src/asking/delegation-requests.ts'
import { startAttempt } from '../../src/asking/start-attempt.ts'
import { createConnection } from '../../src/commands/connections/change-connections.ts'
import { delegate } from '../../src/commands/connections/delegations.ts'
import { revokeMany } from '../../src/commands/connections/revoke-many.ts'
import { createNamespace } from '../../src/commands/external/namespaces.ts'
import { cancelJob } from '../../src/commands/jobs/cancel-job.ts'
import { runRecipe } from '../../src/commands/jobs/run-recipe.ts'
import { createApiKey } from '../../src/commands/people/api-keys.ts'
import { createGroup } from '../../src/commands/people/groups.ts'
import { createServicePerson } from '../../src/commands/people/service-persons.ts'
import { createSignInProvider } from '../../src/commands/people/sign-in-providers.ts'
import { createRecipe } from '../../src/commands/recipes/create-recipe.ts'
import { saveRecipe } from '../../src/commands/recipes/save-recipe.ts'
import { shareRecipe } from '../../src/commands/recipes/share-recipe.ts'
import { startRecipe } from '../../src/commands/recipes/start-recipe.ts'
import { saveSurfaceApp } from '../../src/commands/surfaces/surface-apps.ts'
import { noteInstallation } from '../../src/commands/surfaces/surface-installations.ts'
import { type ConnectionId, newId, type PersonId, type RecipeId } from '../../src/core/ids.ts'
import type { SurfaceApp } from '../../src/core/surface-app.ts'
import { actorOf } from '../../src/people/actor.ts'
import { setPassword } from '../../src/people/passwords.ts'
import { createPerson } from '../../src/people/persons.ts'
import type { Role } from '../../src/people/privileges.ts'
import { startSession } from '../../src/people/sessions.ts'
import type { TestBehalf } from '../support/behalf.ts'
import { COURIER_SETTINGS } from '../support/courier.ts'
import { insertConnection } from '../support/recipe-fixtures.ts'

export type MatrixWorld = Awaited<ReturnType<typeof makeWorld>>

const CONSOLE_ASSETS = new URL('../../console/dist/assets/', import.meta.url)

/** Things for the matrix to ask for. What belongs to a person belongs to Vera, who is none of those who ask. */
export async function makeWorld(behalf: TestBehalf) {
  const { ctx, projectId } = behalf
  const { db } = ctx
  const owner = actorOf(behalf.owner.person)
  const { workspaceId } = behalf.owner.person
  const { person: vera } = await behalf.addPerson('Vera Visitor')
  let count = 0
  const unique = (): string => `thing-${++count}`

  const newConnection = () => ({
    name: unique(),
    connector: 'salesforce',
    project_id: projectId,
    environment: 'PROD' as const,
    settings: { environment: 'custom', custom_domain: behalf.crm.url },
    client_id: 'behalf',
    client_secret: 'a-secret-of-the-crm-client',
  })
  const newParent = (): Promise<ConnectionId> => {
    const { project_id, client_id, client_secret, ...wanted } = newConnection()
    return createConnection(ctx, owner, {
      ...wanted,
      projectId: project_id,
      clientId: client_id,
      clientSecret: client_secret,
    })
  }
  const [parent, unusedParent] = [await newParent(), await newParent()]
  const newChild = async (): Promise<ConnectionId> =>
    insertConnection(db, {
      workspaceId,
      projectId,
      connector: 'salesforce',
      child: { parentId: parent, personId: (await behalf.addPerson(unique())).person.id },
    })

  const place = { project_id: projectId, environment: 'PROD' as const }
  const document = (personal: boolean, trigger: object = { kind: 'api' }) => ({
    name: unique(),
    trigger,
    connections: personal ? { crm: { connector: 'salesforce', connection_id: parent, personal } } : {},
    steps: [
      ...(personal
        ? [
            {
              kind: 'action',
              name: 'find',
              connection: 'crm',
              action: 'run_soql',
              input: { query: 'select Id from Account' },
            },
          ]
        : []),
      { kind: 'reply', name: 'done', text: 'Done' },
    ],
  })
  const newRecipe = async (personal: boolean, trigger?: object): Promise<RecipeId> => {
    const wanted = { projectId, environment: 'PROD' as const, document: document(personal, trigger) }
    return (await createRecipe(ctx, owner, wanted)).id
  }
  const started = async (personal: boolean, everyone: boolean, trigger?: object): Promise<RecipeId> => {
    const recipeId = await newRecipe(personal, trigger)
    await shareRecipe(ctx, owner, { recipeId, everyone, personIds: [], groupIds: [] })
    await startRecipe(ctx, owner, { recipeId })
    return recipeId
  }
  // A parent need not be connected itself for people to connect under it, but to be chosen in a recipe that starts it must be.
  await db.updateTable('connections').set({ status: 'success' }).where('id', '=', parent).execute()
  const webhookRecipe = await newRecipe(false, { kind: 'webhook' })
  const { webhookUrl } = await startRecipe(ctx, owner, { recipeId: webhookRecipe })
  const visit = () => ({
    workspaceId,
    personId: vera.id,
    jobId: null,
    parentId: parent,
    surface: 'web',
    returnTo: null,
    expiresAt: new Date(Date.now() + 60_000),
    now: new Date(),
  })
  const plainRecipe = await started(false, true)
  const personalRecipe = await started(true, true)
  const namespace = async () =>
    (await createNamespace(ctx, owner, { name: unique(), origins: ['https://desk.example'], redirectUrl: null }))
      .namespace.id
  let veras: ConnectionId | undefined
  const connectionOfVera = async (): Promise<ConnectionId> => {
    const child = { parentId: unusedParent, personId: vera.id }
    veras ??= await insertConnection(db, { workspaceId, projectId, connector: 'salesforce', child })
    return veras
  }
  const newAttempt = async (): Promise<string> => {
    const { session } = await startSession(db, { personId: vera.id, userAgent: null, now: new Date() })
    await startAttempt(ctx, {
      kind: 'child',
      parentId: parent,
      person: vera,
      sessionId: session.id,
      visit: null,
      uses: [],
    })
    return (await db.selectFrom('connect_attempts').select('id').executeTakeFirstOrThrow()).id
  }
  // At a port where nothing listens.
  const newSignInProvider = () => ({ label: 'Acme ID', issuer: `http://127.0.0.1:9/${unique()}`, client_id: 'behalf' })

  const surface = async (): Promise<SurfaceApp> => {
    const { app } = await saveSurfaceApp(ctx, owner, { surface: 'courier', ...COURIER_SETTINGS })
    if (!app) throw new Error('the surface was not saved')
    return app
  }

  const child = await newChild()
  const newConsent = async () => {
    const id = newId('consent')
    const row = { id, workspace_id: workspaceId, recipe_id: personalRecipe, connection_id: child, footprint: [] }
    await db
      .insertInto('consents')
      .values({ ...row, person_id: vera.id })
      .execute()
    return id
  }

  /** A job of Vera's that waits for her to connect. */
  const job = async () => {
    const origin = { surface: 'api', address: {} }
    const wanted = { recipeId: personalRecipe, input: {}, origin, deliveryKey: null, waitMs: 0 }
    return (await runRecipe(ctx, actorOf(vera), wanted)).jobId
  }
  return {
    unique,
    consent: await newConsent(),
    vera: vera.id,
    parent,
    unusedParent,
    child,
    attempt: await newAttempt(),
    newChild,
    bulkRevocation: async () =>
      (await revokeMany(ctx, owner, { filter: { ids: [await newChild()] }, kind: 'disconnect' })).id,
    newParent,
    newConnection,
    place,
    document,
    newRecipe,
    plainRecipe,
    unsharedRecipe: await started(false, false),
    personalRecipe,
    spareWebhookRecipe: await newRecipe(false, { kind: 'webhook' }),
    webhookPath: new URL(webhookUrl ?? '').pathname,
    asset: `/assets/${existsSync(CONSOLE_ASSETS) ? readdirSync(CONSOLE_ASSETS)[0] : 'not-built.js'}`,
    file: (personal: boolean) => ({ format: 'behalf-recipe/1', recipe: { ...document(false), ...inFile(personal) } }),
    /** A recipe whose version 1 had the switch on, and whose version 2 has not. */
    async recipeOnceOn(): Promise<RecipeId> {
      const recipeId = await newRecipe(true)
      await saveRecipe(ctx, owner, { recipeId, document: document(false), expectedVersion: 1 })
      return recipeId
    },
    newSignInProvider,
    signInProvider: async () => {
      const { issuer, client_id: clientId, label } = newSignInProvider()
      const rest = { clientSecret: '', emailDomains: [], emailsAreVouchedFor: false, mayCreatePersons: false }
      return (await createSignInProvider(ctx, owner, { issuer, clientId, label, ...rest })).id
    },
    surfaceSettings: COURIER_SETTINGS,
    surface,
    async surfaceInstallation() {
      const installed = { app: await surface(), tenant: unique(), label: 'Acme', facts: {}, credential: 'a token' }
      return (await noteInstallation(ctx, owner, installed)).id
    },
    /** With the person it made of itself. */
    async chatAccount() {
      const wanted = { workspaceId, kind: 'member' as const, role: 'member' as const, email: null, now: new Date() }
      const { id: personId } = await createPerson(db, { ...wanted, name: 'Chatty' })
      const row = { id: newId('identity'), workspace_id: workspaceId, person_id: personId }
      await db
        .insertInto('identities')
        .values({ ...row, subject: `courier:T1:${unique()}` })
        .execute()
      return { personId, identityId: row.id }
    },
    tomorrow: () => new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString(),
    namespace,
    servicePerson: async () => (await createServicePerson(ctx, owner, { name: unique() })).id,
    async externalVisit() {
      const external = { namespaceId: await namespace(), redirectUrl: 'https://desk.example/', callbackUrl: null }
      return openLinkedVisit(db, { ...visit(), external })
    },
    /** Of Vera's own connection. */
    async delegation(): Promise<string> {
      const until = new Date(Date.now() + 60_000)
      return delegate(ctx, actorOf(vera), { connectionId: await connectionOfVera(), recipeId: personalRecipe, until })
    },
    /** What Vera is asked; whether the recipe names her connection does not matter to anybody else. */
    async delegationRequest(): Promise<string> {
      const pair = { connectionId: await connectionOfVera(), recipeId: await newRecipe(false) }
      const wanted = { ...pair, workspaceId, personId: vera.id, askedBy: null, toldAt: null, now: new Date() }
      await openDelegationRequest(db, wanted)
      return (await findLatestRequest(db, pair))?.id ?? ''
    },
    connectLink: async () => `/connect/l/${(await openLinkedVisit(db, visit())).token}`,
    connectVisit: async () => `/connect/v/${await openOwnVisit(db, visit())}`,
    async password(personId: PersonId | null): Promise<string> {
      const password = `first ${unique()} of this person`
      if (personId) await setPassword(db, { workspaceId, personId, password, now: new Date() })
      return password
    },
    async session(personId: PersonId): Promise<string> {
      return (await startSession(db, { personId, userAgent: null, now: new Date() })).session.id
    },
    async person(role: Role): Promise<PersonId> {
      const email = `${unique()}@acme.test`
      const wanted = { workspaceId, kind: 'member' as const, role, name: 'Peter Person', email, now: new Date() }
      return (await createPerson(db, wanted)).id
    },
    group: async () => (await createGroup(ctx, owner, { name: unique() })).id,
    async apiKey() {
      const wanted = { name: unique(), privileges: ['recipes.run'], namespaceId: null, expiresAt: null }
      return (await createApiKey(ctx, owner, wanted)).key.id
    },
    /** A job that ran for nobody. */
    async jobOfNobody() {
      const origin = { surface: 'api', address: {} }
      const wanted = { recipeId: plainRecipe, input: {}, origin, deliveryKey: null, waitMs: 10_000 }
      return (await runRecipe(ctx, { kind: 'system', workspaceId }, wanted)).jobId
    },
    job,
    /** One that she cancelled. */
    async endedJob() {
      const id = await job()
      await cancelJob(ctx, actorOf(vera), id)
      return id
    },
  }
}

function inFile(personal: boolean) {
  return personal ? { connections: { crm: { connector: 'salesforce', connection: null, personal } } } : {}
}
