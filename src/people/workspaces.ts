import { sql } from 'kysely'
import { Bug, UserError } from '#core/errors.ts'
import { newId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import { actorOf } from './actor.ts'
import { recordAudit } from './audit.ts'
import { checkEmail } from './emails.ts'
import { checkName } from './names.ts'
import { hashPassword, storePassword } from './passwords.ts'
import type { Person } from './person.ts'
import { createPerson } from './persons.ts'
import { createProject, type Project } from './projects.ts'

export interface Workspace {
  id: WorkspaceId
  name: string
}

/**
 * The first run: the workspace, its owner with a password, and the project "Main", all or nothing. Of any number at once
 * exactly one wins; the others, and everybody later, get `already_set_up` (409).
 * Refuses `invalid_name`, `invalid_email`, `weak_password`. Starts no session: the caller does.
 */
export async function createWorkspaceWithOwner(
  db: Db,
  wanted: { workspaceName: string; ownerName: string; email: string; password: string; now: Date },
): Promise<{ workspace: Workspace; owner: Person; project: Project }> {
  await refuseIfSetUp(db)
  const email = checkEmail(wanted.email)
  const { ownerName, now } = wanted
  const workspace: Workspace = { id: newId('workspace', now.getTime()), name: checkName(wanted.workspaceName) }
  const hash = await hashPassword(wanted.password, email)
  return inTransaction(db, async (tx) => {
    // why: nothing in the schema forbids a second workspace, so the first is made by one at a time.
    await sql`lock table workspaces in share row exclusive mode`.execute(tx)
    await refuseIfSetUp(tx)
    const workspaceId = workspace.id
    await tx.insertInto('workspaces').values(workspace).execute()
    const owner = await createPerson(tx, { workspaceId, kind: 'member', role: 'owner', name: ownerName, email, now })
    await storePassword(tx, { workspaceId, personId: owner.id, email, hash, now })
    const project = await createProject(tx, { workspaceId, name: 'Main', now })
    await recordAudit(tx, actorOf(owner), { action: 'workspace.created', targetId: workspaceId })
    return { workspace, owner, project }
  })
}

/** The one workspace of this server, or undefined before the first run. */
export async function findOnlyWorkspace(db: Db): Promise<Workspace | undefined> {
  const [workspace, second] = await db.selectFrom('workspaces').select(['id', 'name']).limit(2).execute()
  if (second) throw new Bug('There are several workspaces, and nothing said which one is meant.')
  return workspace
}

/** The one workspace of this server; `not_set_up` (409) before the first run. */
export async function loadOnlyWorkspace(db: Db): Promise<Workspace> {
  const workspace = await findOnlyWorkspace(db)
  if (workspace) return workspace
  throw new UserError(
    'not_set_up',
    'Behalf is not set up yet. Open the link that it printed when it started, and create the owner.',
    {
      status: 409,
    },
  )
}

async function refuseIfSetUp(db: Db): Promise<void> {
  if (!(await findOnlyWorkspace(db))) return
  throw new UserError('already_set_up', 'Behalf is set up already. Sign in.', { status: 409 })
}
