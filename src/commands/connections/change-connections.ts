import { startAttempt } from '#asking/start-attempt.ts'
import { changeParent, createParent, type ParentChange, type ParentWanted } from '#connections/create-parent.ts'
import { authenticationOf, loadParent, redirectUriOf } from '#connections/parent.ts'
import { UserError } from '#core/errors.ts'
import { type ConnectionId, newId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { loadProject } from '#people/projects.ts'
import { recipesUsing } from '#recipes/recipes-using.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'

/** An id for a parent to be, and its redirect URI: the application often wants that before it gives a client. Writes nothing. */
export function reserveConnection(ctx: CommandsContext, actor: Actor): { id: ConnectionId; redirectUri: string } {
  requirePrivilege(actor, 'connections.create')
  const id = newId('connection')
  return { id, redirectUri: redirectUriOf(ctx, id).href }
}

/** Makes a parent connection; it is connected by a separate trip to the application. */
export async function createConnection(
  ctx: CommandsContext,
  actor: Actor,
  wanted: ParentWanted,
): Promise<ConnectionId> {
  requirePrivilege(actor, 'connections.create')
  await loadProject(ctx.db, workspaceOf(actor), wanted.projectId)
  return ctx.db.transaction().execute((tx) => createParent(ctx, tx, actor, wanted))
}

/** Renames a parent, or changes its settings or OAuth client. */
export async function changeConnection(
  ctx: CommandsContext,
  actor: Actor,
  change: { id: ConnectionId; change: ParentChange },
): Promise<void> {
  requirePrivilege(actor, 'connections.edit')
  await ctx.db.transaction().execute(async (tx) => {
    await changeParent(ctx, tx, actor, change)
    if (change.change.personalForm === false) await requireNobodyRelies(tx, change.id)
  })
}

/** Asked once the parent's row is locked by its change: a recipe that starts meanwhile sees that the form is turned off. */
async function requireNobodyRelies(tx: CommandsContext['db'], id: ConnectionId): Promise<void> {
  const recipes = (await recipesUsing(tx, id)).filter(({ status, personal }) => status === 'started' && personal)
  if (recipes.length === 0) return
  const names = recipes.map(({ name }) => `“${name}”`).join(', ')
  throw new UserError(
    'personal_form_in_use',
    `Started recipes work with people’s own accounts here: stop ${names} first.`,
    {
      status: 409,
      details: { recipes: recipes.map(({ id, name }) => ({ id, name })) },
    },
  )
}

/** Begins connecting a parent's own grant, in this browser: where to send it. */
export async function connectParent(ctx: CommandsContext, actor: Actor, id: ConnectionId): Promise<string> {
  requirePrivilege(actor, 'connections.edit')
  const { person, sessionId } = requirePerson(actor)
  if (!sessionId)
    throw new UserError('session_needed', 'Connect it from a browser where you are signed in.', { status: 403 })
  const parent = await loadParent(ctx.db, workspaceOf(actor), id)
  if (authenticationOf(ctx, parent).kind === 'form')
    throw new UserError('credential_missing', 'Give the credential that this application takes.', { status: 422 })
  const url = await startAttempt(ctx, { kind: 'parent', parentId: id, person, sessionId, visit: null, uses: [] })
  return url.href
}
