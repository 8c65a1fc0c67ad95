import type pg from 'pg'
import type { ConnectionId, PersonId, RecipeId } from '../src/core/ids.ts'

/** What the recipe is let do with each child. */
export const USED = 'bench/use'
const PICKED = 1_000

/**
 * Children of one parent, each of another person who has let the recipe use it, from the number `from` up to `to` in all; by SQL, with
 * grants that do not open. Answers a thousand of them, picked all over.
 */
export async function seedUses(
  client: pg.Client,
  wanted: { connectionId: ConnectionId; recipeId: RecipeId; from: number; to: number },
): Promise<{ personId: PersonId; connectionId: ConnectionId }[]> {
  const { connectionId, recipeId, from, to } = wanted
  for (let at = from; at < to; at += BATCH) {
    const numbers = [at, Math.min(at + BATCH, to) - 1]
    await client.query(PERSONS, numbers)
    await client.query(CHILDREN, [...numbers, connectionId])
    await client.query(GRANTS, numbers)
    await client.query(CONSENTS, [...numbers, recipeId])
  }
  const { rows } = await client.query(
    `select 'per_use' || lpad(n::text, 8, '0') as "personId", 'con_use' || lpad(n::text, 8, '0') as "connectionId"
     from (select i * 7919::bigint % $1 as n from generate_series(1, ${PICKED}) i) picked group by n order by md5(n::text)`,
    [to],
  )
  return rows
}

const BATCH = 50_000
const idOf = (prefix: string): string => `'${prefix}_use' || lpad(n::text, 8, '0')`

const PERSONS = `insert into persons (id, workspace_id, kind, role, name, email)
  select ${idOf('per')}, w.id, 'member', 'member', 'Person ' || n, 'use-' || n || '@acme.example'
  from workspaces w, generate_series($1::int, $2::int) n`

const CHILDREN = `insert into connections (id, workspace_id, project_id, environment, connector, name, status, parent_id, person_id,
    account_id, account_label, scopes, surface, granted_client_version)
  select ${idOf('con')}, p.workspace_id, p.project_id, p.environment, p.connector, p.name, 'connected', p.id, ${idOf('per')},
    'outside-use-' || n, 'use-' || n || '@acme.example', p.scopes, 'slack', p.client_version
  from connections p, generate_series($1::int, $2::int) n where p.id = $3`

const GRANTS = `insert into grants (connection_id, sealed, scopes, asked_scopes, authorized_at)
  select ${idOf('con')}, decode(repeat('5a', 400), 'hex'), '{api,refresh_token,id}', '{api,refresh_token,id}', now()
  from generate_series($1::int, $2::int) n`

const CONSENTS = `insert into consents (id, workspace_id, person_id, recipe_id, connection_id, footprint)
  select ${idOf('cns')}, w.id, ${idOf('per')}, $3, ${idOf('con')}, '{${USED}}'
  from workspaces w, generate_series($1::int, $2::int) n`
