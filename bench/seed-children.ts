import pg from 'pg'

/** Children beside the bench's own parent, by ids that say their number. */
export const PARENTS = 20

const SYLLABLES =
  "array['ba','den','ka','lor','mi','nes','or','pel','ri','sta','tu','van','wes','xi','yor','zan','el','fa','gor','hu']"
const nameOf = (n: string): string =>
  `initcap(s[1 + ${n} % 20] || s[1 + ${n} / 20 % 20]) || ' ' || initcap(s[1 + ${n} / 400 % 20] || s[1 + ${n} / 8000 % 20] || s[1 + ${n} % 7])`

/**
 * People with four runtime user connections each, from the number `from` up to `to` in all: skewed as real ones are, with values that
 * one in a thousand has beside values that nearly all have. Written with SQL; nothing opens their grants.
 */
export async function seedChildren(
  connectionString: string,
  { from, to }: { from: number; to: number },
): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    if (from === 0) for (const statement of BEFORE) await client.query(statement)
    await client.query(PERSONS, [from / 4, to / 4 - 1])
    for (const statement of [CHILDREN, GRANTS, REVOCATIONS]) await client.query(statement, [from, to - 1])
    await client.query('vacuum analyze')
  } finally {
    await client.end()
  }
}

const BEFORE = [
  `insert into projects (id, workspace_id, name)
    select 'prj_bench' || n, id, 'Bench ' || n from workspaces, generate_series(0, 4) n`,
  `insert into connections (id, workspace_id, project_id, environment, connector, name, status)
    select 'con_benchparent' || n, id, 'prj_bench' || n % 5,
      (case when n = 19 then 'DEV' when n = 18 then 'TEST' else 'PROD' end)::environment,
      case when n = 19 then 'http' when n % 10 = 8 then 'github' else 'salesforce' end, 'Parent ' || n, 'success'
    from workspaces, generate_series(0, ${PARENTS - 1}) n`,
]

const PERSONS = `insert into persons (id, workspace_id, kind, role, name, email)
  select 'per_bench' || lpad(n::text, 8, '0'), w.id, case when n % 1000 = 7 then 'service' else 'member' end, 'member',
    ${nameOf('n')},
    lower(replace(${nameOf('n')}, ' ', '.')) || n || case when n % 50 = 3 then '@partner.example' else '@acme.example' end
  from workspaces w, generate_series($1::int, $2::int) n, (select ${SYLLABLES} as s) syllables`

const CHILDREN = `insert into connections (id, workspace_id, project_id, environment, connector, name, status, parent_id, person_id,
    account_id, account_label, account_email, scopes, surface, created_at, last_authorized_at, last_used_at, granted_client_version)
  select 'con_benchchild' || lpad(n::text, 8, '0'), p.workspace_id, p.project_id, p.environment, p.connector, p.name,
    case when n % 1000 = 5 then 'orphaned' when n % 100 < 3 then 'lost' when n % 100 < 6 then 'disconnected' else 'connected' end,
    p.id, person.id, 'outside-' || n, person.email || ' at Acme', person.email, '{api,refresh_token,id}',
    case when n % 1000 = 9 then 'teams' when n % 3 = 0 then 'portal' else 'slack' end,
    now() - (1000000 - n) * interval '1 minute', now() - (1000000 - n) * interval '1 minute',
    case when n % 10 < 7 then now() - (n * 7919 % 1000000) * interval '1 minute' end, 1
  from generate_series($1::int, $2::int) n
  join persons person on person.id = 'per_bench' || lpad((n / 4)::text, 8, '0')
  join connections p on p.id = 'con_benchparent' ||
    case when n % 2000 = 1 then 19 when n % 200 = 2 then 18 else n % 4 * 4 + n / 4 % 4 end`

const GRANTS = `insert into grants (connection_id, sealed, scopes, authorized_at)
  select 'con_benchchild' || lpad(n::text, 8, '0'), decode(repeat('5a', 400), 'hex'), '{api,refresh_token,id}', now()
  from generate_series($1::int, $2::int) n where n % 1000 <> 5 and n % 100 >= 6`

const REVOCATIONS = `insert into revocations (id, workspace_id, connection_id, parent_id, status, outcome)
  select 'rev_bench' || lpad(n::text, 8, '0'), workspace_id, id, parent_id,
    case when n % 1000 = 4 then 'failed' else 'revoked' end, 'As seeded.'
  from generate_series($1::int, $2::int) n
  join connections on id = 'con_benchchild' || lpad(n::text, 8, '0') where n % 100 < 6`
