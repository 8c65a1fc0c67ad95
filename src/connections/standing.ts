import { type SqlBool, sql } from 'kysely'
import type { ConnectionId, JobId, PersonId, RecipeId } from '#core/ids.ts'
import { compileOnce, type Value } from '#database/compile-once.ts'
import { settingsFromRow } from '#people/workspace-settings.ts'
import type { ConnectReason, Interruption } from './connect-reason.ts'
import type { ConnectionsContext } from './context.ts'
import type { Tokens } from './grant.ts'
import { askedScopes } from './oauth/token-endpoint.ts'
import { authenticationOf, PARENT_COLUMNS, type Parent, parentFromRow } from './parent.ts'

/** The recipe a person's own account is to be used by, and all it may do: their leave must cover that. */
export interface RecipeUse {
  recipeId: RecipeId
  footprint: readonly string[]
  /**
   * What that leave must be: their consent, for what they run themselves (when left out); or a delegation that is in date, for a recipe
   * that runs without them. The one never stands in for the other.
   */
  by?: 'consent' | 'delegation'
}

/** Whose grant, under which parent; `personId` null means the parent's own. */
export interface Whose {
  parentId: ConnectionId
  personId: PersonId | null
  /** Null where no recipe uses it: to show how a connection is, or for a parent's own grant. */
  recipe: RecipeUse | null
}

/** The claim on a job under which requests are sent: an older number than the job's no longer speaks for it. */
export interface Fence {
  jobId: JobId
  fence: string
}

/** What the database says of one grant at this instant. */
export type Standing =
  | {
      kind: 'usable'
      parent: Parent
      connectionId: ConnectionId
      accountId: string | null
      accountLabel: string | null
      grantVersion: string
    }
  | {
      kind: 'interrupted'
      interruption: Interruption
      parent: Parent | null
      connectionId: ConnectionId | null
      /** The account it stood for. */
      accountLabel: string | null
      /** Of `scope_missing`: the scopes that are asked for by now and were not given. */
      missingScopes: string[]
    }

/**
 * Reads, in one statement, everything that can forbid the next request: parent, child, person, grant, consent, and the job's fence.
 * Called before every single request, so that a revocation counts at once on every machine.
 */
export async function readStanding(ctx: ConnectionsContext, whose: Whose, fence: Fence | null): Promise<Standing> {
  const row = await readRow(ctx, whose, fence)
  if (!row) return interrupted({ kind: 'parent_unusable', code: 'parent_deleted' }, null, null)
  const parent = parentFromRow(row)
  if (fence && (row.fence !== fence.fence || row.job_status !== 'running'))
    return interrupted({ kind: 'fence_lost' }, parent, null)
  return whose.personId === null ? parentStanding(parent, row) : childStanding(ctx, parent, row)
}

type Interrupted = Extract<Standing, { kind: 'interrupted' }>

type Row = Awaited<ReturnType<ReturnType<typeof compileRow>>>[number]

/** What the statement is told; its text differs by whose grant it is and by which leave it needs. */
interface RowValues {
  parentId: ConnectionId
  personId: PersonId | null
  jobId: JobId | null
  recipeId: RecipeId | null
  footprint: readonly string[]
  now: Date
}

type Leave = 'none' | 'consent' | 'delegation'

const compileRow = (isParents: boolean, leave: Leave) =>
  compileOnce((db, value: Value<RowValues>) =>
    db
      .selectFrom('connections as parent')
      .innerJoin('workspaces as workspace', 'workspace.id', 'parent.workspace_id')
      .leftJoin('connections as child', (join) =>
        join
          .onRef('child.parent_id', '=', 'parent.id')
          .on('child.person_id', '=', value('personId'))
          .on('child.deleted_at', 'is', null),
      )
      .leftJoin('persons as person', (join) => join.on('person.id', '=', value('personId')))
      .leftJoin('grants as grant', (join) =>
        join.on('grant.connection_id', '=', sql.ref(isParents ? 'parent.id' : 'child.id')),
      )
      .leftJoin('jobs as job', (join) => join.on('job.id', '=', value('jobId')))
      .leftJoin('consents as consent', (join) =>
        join
          .onRef('consent.connection_id', '=', 'child.id')
          .on('consent.recipe_id', '=', value('recipeId'))
          .on('consent.withdrawn_at', 'is', null),
      )
      .select(PARENT_COLUMNS.map((column) => `parent.${column}` as const))
      .select([
        'parent.account_id',
        'parent.account_label',
        'child.id as child_id',
        'child.status as child_status',
        'child.status_reason as child_status_reason',
        'child.account_id as child_account_id',
        'child.account_label as child_account_label',
        'child.granted_client_version as child_client_version',
        'person.status as person_status',
        'grant.version as grant_version',
        'grant.scopes as grant_scopes',
        'grant.asked_scopes as grant_asked_scopes',
        'workspace.settings as workspace_settings',
        hasLeave(leave, value).as('has_leave'),
        sql.lit(leave === 'delegation').as('is_delegated'),
        'job.fence as fence',
        'job.status as job_status',
      ])
      .where('parent.id', '=', value('parentId'))
      .where('parent.parent_id', 'is', null),
  )

function hasLeave(leave: Leave, value: Value<RowValues>) {
  if (leave === 'none') return sql<SqlBool>`true`
  const footprint = sql`${value('footprint')}::text[]`
  if (leave === 'consent') return sql<SqlBool>`coalesce(consent.footprint @> ${footprint}, false)`
  return sql<SqlBool>`exists (select from delegations where connection_id = child.id and recipe_id = ${value('recipeId')}
    and ended_at is null and expires_at > ${value('now')} and footprint @> ${footprint})`
}

const ofLeaves = (isParents: boolean) => ({
  none: compileRow(isParents, 'none'),
  consent: compileRow(isParents, 'consent'),
  delegation: compileRow(isParents, 'delegation'),
})
const ofParents = ofLeaves(true)
const ofPersons = ofLeaves(false)

async function readRow(ctx: ConnectionsContext, { parentId, personId, recipe }: Whose, fence: Fence | null) {
  const leave = recipe === null ? 'none' : (recipe.by ?? 'consent')
  const read = (personId === null ? ofParents : ofPersons)[leave]
  const [row] = await read(ctx.db, {
    parentId,
    personId,
    jobId: fence?.jobId ?? null,
    recipeId: recipe?.recipeId ?? null,
    footprint: recipe?.footprint ?? [],
    now: ctx.clock(),
  })
  return row
}

function parentStanding(parent: Parent, row: Row): Standing {
  if (parent.deleted) return interrupted({ kind: 'parent_unusable', code: 'parent_deleted' }, parent, parent.id)
  // why: `exception` (the OAuth client was refused) does not end a token that still lives.
  if (row.grant_version === null || parent.status === 'failed')
    return interrupted({ kind: 'parent_unusable', code: 'parent_not_connected' }, parent, parent.id)
  return {
    kind: 'usable',
    parent,
    connectionId: parent.id,
    accountId: row.account_id,
    accountLabel: row.account_label,
    grantVersion: row.grant_version,
  }
}

function childStanding(ctx: ConnectionsContext, parent: Parent, row: Row): Standing {
  const reason = reasonToAsk(ctx, parent, row)
  if (parent.deleted)
    return interrupted(
      { kind: 'parent_unusable', code: 'parent_deleted' },
      parent,
      row.child_id,
      row.child_account_label,
    )
  if (reason)
    return {
      ...interrupted({ kind: 'connect', reason }, parent, row.child_id, row.child_account_label),
      missingScopes: reason === 'scope_missing' ? missingScopes(ctx, parent, scopesOf(row)) : [],
    }
  return {
    kind: 'usable',
    parent,
    connectionId: row.child_id as ConnectionId,
    accountId: row.child_account_id,
    accountLabel: row.child_account_label,
    grantVersion: row.grant_version as string,
  }
}

function reasonToAsk(ctx: ConnectionsContext, parent: Parent, row: Row): ConnectReason | undefined {
  if (row.child_id === null || row.child_status === 'pending') return 'never_connected'
  if (row.person_status !== 'active') return 'revoked'
  if (row.child_status === 'orphaned') return 'orphaned'
  if (row.child_status === 'lost') return 'expired'
  if (row.child_status === 'disconnected') return row.child_status_reason === 'by_person' ? 'disconnected' : 'revoked'
  if (row.grant_version === null) return 'expired'
  if (row.child_client_version !== parent.clientVersion) return 'parent_changed'
  if (missingScopes(ctx, parent, scopesOf(row)).length > 0) return 'scope_missing'
  if (!row.has_leave && !isConsentSkipped(row)) return 'consent_needed'
  return undefined
}

const scopesOf = (row: Row): Pick<Tokens, 'scopes' | 'askedScopes'> => ({
  scopes: row.grant_scopes ?? [],
  askedScopes: row.grant_asked_scopes ?? [],
})

/** What a workspace relaxes for what people run themselves, it relaxes for nobody who runs without them. */
function isConsentSkipped(row: Row): boolean {
  return !row.is_delegated && settingsFromRow(row.workspace_settings).skip_consent_per_recipe
}

/**
 * What the connection asks for by now and a grant was not given: added since, or, where the application reports exactly what it granted,
 * left out by the person.
 */
export function missingScopes(
  ctx: ConnectionsContext,
  parent: Parent,
  { scopes, askedScopes: asked }: Pick<Tokens, 'scopes' | 'askedScopes'>,
): string[] {
  const authentication = authenticationOf(ctx, parent)
  if (authentication.kind !== 'oauth2') return []
  const { server } = authentication
  const had = server.scopesAreReported ? scopes : [...scopes, ...asked]
  return askedScopes(server).filter((scope) => !had.includes(scope))
}

function interrupted(
  interruption: Interruption,
  parent: Parent | null,
  connectionId: ConnectionId | null,
  accountLabel: string | null = null,
): Interrupted {
  return { kind: 'interrupted', interruption, parent, connectionId, accountLabel, missingScopes: [] }
}
