-- The first schema. Every table belongs to a workspace. "sealed" columns hold ciphertext only (src/connections/sealing).

create table workspaces (
  id text primary key,
  name text not null,
  created_at timestamptz not null default now()
);

create table projects (
  id text primary key,
  workspace_id text not null references workspaces,
  name text not null,
  created_at timestamptz not null default now(),
  unique (workspace_id, name)
);

create type environment as enum ('DEV', 'TEST', 'PROD');

-- People ---------------------------------------------------------------------------------------------------------------

create table persons (
  id text primary key,
  workspace_id text not null references workspaces,
  kind text not null check (kind in ('member', 'external', 'service')),
  name text not null,
  email text,
  email_verified_at timestamptz,
  role text not null check (role in ('owner', 'admin', 'analyst', 'operator', 'member')),
  status text not null default 'active' check (status in ('active', 'deactivated')),
  created_at timestamptz not null default now(),
  deactivated_at timestamptz
);
create unique index persons_email on persons (workspace_id, lower(email)) where kind = 'member';

-- A person's account on a surface: `slack:T1:U1`, `oidc:<issuer>:<sub>`, `password:<e-mail>`.
create table identities (
  id text primary key,
  workspace_id text not null references workspaces,
  person_id text not null references persons,
  subject text not null,
  created_at timestamptz not null default now(),
  unique (workspace_id, subject)
);
create index identities_person on identities (person_id);

create table passwords (
  person_id text primary key references persons,
  hash text not null,
  changed_at timestamptz not null default now()
);

create table sessions (
  id text primary key,
  token_hash bytea not null unique,
  person_id text not null references persons,
  user_agent text,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sessions_person on sessions (person_id);

create table rate_limits (
  key text primary key,
  window_started_at timestamptz not null,
  used integer not null
);

create table groups (
  id text primary key,
  workspace_id text not null references workspaces,
  name text not null,
  created_at timestamptz not null default now(),
  unique (workspace_id, name)
);

create table group_members (
  group_id text not null references groups on delete cascade,
  person_id text not null references persons on delete cascade,
  primary key (group_id, person_id)
);
create index group_members_person on group_members (person_id);

create table api_keys (
  id text primary key,
  workspace_id text not null references workspaces,
  name text not null,
  token_hash bytea not null unique,
  hint text not null,
  privileges text[] not null,
  created_by text not null references persons,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz
);

create table audit_events (
  id bigint generated always as identity primary key,
  workspace_id text not null references workspaces,
  at timestamptz not null default now(),
  -- Who did it: a person, an API key, or Behalf itself (both null).
  person_id text,
  api_key_id text,
  action text not null,
  target_id text,
  details jsonb not null default '{}'
);
create index audit_events_workspace on audit_events (workspace_id, id desc);
create index audit_events_target on audit_events (target_id, id desc);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger audit_events_append_only before update or delete or truncate on audit_events
  for each statement execute function refuse_change();

-- Sealing --------------------------------------------------------------------------------------------------------------

-- The key-encryption keys this database was ever sealed with; a start with another current key is refused.
create table sealing_keys (
  version integer primary key,
  fingerprint text not null unique,
  first_used_at timestamptz not null default now()
);

-- One data key a workspace and day for job data, wrapped by a key-encryption key.
create table data_keys (
  id text primary key,
  workspace_id text not null references workspaces,
  day date not null,
  wrapped bytea not null,
  unique (workspace_id, day)
);

-- Connections ----------------------------------------------------------------------------------------------------------

create table connections (
  id text primary key,
  workspace_id text not null references workspaces,
  -- A parent's own; a child carries copies of its parent's, so that lists need no join.
  project_id text not null references projects,
  environment environment not null,
  connector text not null,
  name text not null,
  -- Null on a parent. A child belongs to one person under one parent.
  parent_id text references connections,
  person_id text references persons,
  -- Parent: its settings, sealed OAuth client, the scopes it asks for, and a number that grows when client or host change.
  settings jsonb not null default '{}',
  sealed_client bytea,
  client_id text,
  scopes text[] not null default '{}',
  client_version integer not null default 1,
  -- parent: null | success | failed | exception; child: pending | connected | lost | disconnected | orphaned.
  status text,
  status_reason text,
  status_at timestamptz not null default now(),
  -- What the grant stands for; kept after it is gone.
  account_id text,
  account_label text,
  account_email text,
  -- The parent's client_version under which a child's grant was given.
  granted_client_version integer,
  identity_id text references identities,
  surface text,
  created_by text references persons,
  created_at timestamptz not null default now(),
  last_authorized_at timestamptz,
  last_used_at timestamptz,
  deleted_at timestamptz,
  check ((parent_id is null) = (person_id is null)),
  check (case when parent_id is null
    then status is null or status in ('success', 'failed', 'exception')
    else status in ('pending', 'connected', 'lost', 'disconnected', 'orphaned') end)
);
create unique index connections_child on connections (parent_id, person_id) where deleted_at is null and parent_id is not null;
create index connections_parents on connections (workspace_id, created_at desc) where parent_id is null and deleted_at is null;
create index connections_children on connections (workspace_id, created_at desc) where parent_id is not null and deleted_at is null;
create index connections_person on connections (person_id) where person_id is not null and deleted_at is null;
create index connections_account on connections (parent_id, account_id) where parent_id is not null and deleted_at is null;

-- The grant of a connection, parent or child. `version` grows with every token stored.
create table grants (
  connection_id text primary key references connections,
  version bigint not null default 1,
  sealed bytea not null,
  scopes text[] not null,
  access_expires_at timestamptz,
  -- Who may send a refresh request, and until when.
  lease_holder text,
  lease_until timestamptz,
  authorized_at timestamptz not null,
  updated_at timestamptz not null default now()
);

-- A grant on its way out: revoked at the application, tried again for a day.
create table revocations (
  id text primary key,
  workspace_id text not null references workspaces,
  connection_id text not null references connections,
  -- The connection whose client and settings revoke it: the parent.
  parent_id text not null references connections,
  -- Its tokens; erased when it is over.
  sealed bytea,
  status text not null check (status in ('pending', 'revoked', 'unsupported', 'failed')),
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  outcome text,
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
create index revocations_due on revocations (next_at) where status = 'pending';
create index revocations_connection on revocations (connection_id);

-- Every use of a credential: one row for each step of a job that used one.
create table credential_uses (
  id bigint generated always as identity primary key,
  workspace_id text not null references workspaces,
  at timestamptz not null default now(),
  connection_id text not null,
  parent_id text,
  person_id text,
  account_label text,
  recipe_id text,
  recipe_version integer,
  job_id text,
  step text,
  action text,
  requests integer not null,
  http_status integer,
  outcome text not null
);
create index credential_uses_connection on credential_uses (connection_id, id desc);
create trigger credential_uses_append_only before update or delete or truncate on credential_uses
  for each statement execute function refuse_change();

-- Recipes --------------------------------------------------------------------------------------------------------------

create table recipes (
  id text primary key,
  workspace_id text not null references workspaces,
  project_id text not null references projects,
  environment environment not null,
  name text not null,
  status text not null default 'stopped' check (status in ('stopped', 'started')),
  -- Why it is stopped, when it was not a person who stopped it.
  stopped_reason text,
  version integer not null,
  -- Whether everybody in the workspace may run it; otherwise recipe_runners says who.
  shared_with_everyone boolean not null default false,
  created_by text references persons,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index recipes_workspace on recipes (workspace_id, created_at desc) where deleted_at is null;

create table recipe_versions (
  recipe_id text not null references recipes,
  version integer not null,
  document jsonb not null,
  comment text,
  created_by text references persons,
  created_at timestamptz not null default now(),
  primary key (recipe_id, version)
);

-- What invokes a started recipe: `command` by its name, `api` by the recipe's id, `webhook` by the hash of its secret path.
create table recipe_triggers (
  recipe_id text primary key references recipes,
  workspace_id text not null references workspaces,
  kind text not null check (kind in ('command', 'api', 'webhook')),
  key text not null,
  unique (workspace_id, kind, key)
);

create table recipe_runners (
  recipe_id text not null references recipes on delete cascade,
  person_id text references persons,
  group_id text references groups on delete cascade,
  check ((person_id is null) <> (group_id is null))
);
create unique index recipe_runners_person on recipe_runners (recipe_id, person_id) where person_id is not null;
create unique index recipe_runners_group on recipe_runners (recipe_id, group_id) where group_id is not null;

-- The connections a recipe's current version names, so that a deleted parent finds the recipes it stops.
create table recipe_connections (
  recipe_id text not null references recipes on delete cascade,
  connection_id text not null references connections,
  personal boolean not null,
  primary key (recipe_id, connection_id)
);
create index recipe_connections_connection on recipe_connections (connection_id);

-- Jobs -----------------------------------------------------------------------------------------------------------------

create table jobs (
  id text primary key,
  workspace_id text not null references workspaces,
  recipe_id text not null references recipes,
  recipe_version integer not null,
  -- The invoker; null for a webhook's job.
  person_id text references persons,
  status text not null check (status in
    ('waiting_for_connection', 'waiting_for_answer', 'queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired')),
  -- Its data is for its person alone.
  private boolean not null,
  -- Where it came from: the surface's name, `api` or `webhook`; the sealed address answers go to; its repetition key.
  surface text not null,
  sealed_address bytea,
  delivery_source text,
  delivery_key text,
  request_hash bytea,
  -- Grows with every claim: whoever holds an older number no longer speaks for the job.
  fence bigint not null default 0,
  holder text,
  -- Somebody waits for its end on an open connection: its end is notified.
  watched boolean not null default false,
  data_key_id text not null references data_keys,
  sealed_input bytea,
  input_shape jsonb,
  sealed_result bytea,
  sealed_error bytea,
  error_code text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create unique index jobs_delivery on jobs (workspace_id, delivery_source, delivery_key) where delivery_key is not null;
create index jobs_workspace on jobs (workspace_id, id desc);
create index jobs_person on jobs (person_id, id desc) where person_id is not null;
create index jobs_recipe on jobs (recipe_id, id desc);
create index jobs_unfinished on jobs (status) where status in ('queued', 'running');

create table job_steps (
  job_id text not null references jobs on delete cascade,
  -- The step's name in its recipe.
  step text not null,
  position integer not null,
  status text not null check (status in ('began', 'succeeded', 'failed', 'interrupted')),
  sealed_input bytea,
  input_shape jsonb,
  sealed_output bytea,
  sealed_error bytea,
  error_code text,
  http_status integer,
  action text,
  connection_id text,
  account_label text,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (job_id, step)
);

-- What a job waits for. A waiting job is this row and nothing else.
create table waits (
  job_id text not null references jobs on delete cascade,
  kind text not null check (kind in ('connection')),
  -- connection: the parent's id.
  key text not null,
  step text,
  expires_at timestamptz not null,
  primary key (job_id, kind, key)
);
create index waits_key on waits (kind, key);
create index waits_expiry on waits (expires_at);

-- A pool of workers that is alive: a queue row locked by a pool without a fresh row here is unlocked.
create table worker_pools (
  id text primary key,
  process text not null,
  seen_at timestamptz not null default now()
);

-- Messages on their way to people, written with the change they tell of.
create table outbox (
  id text primary key,
  workspace_id text not null references workspaces,
  job_id text references jobs on delete cascade,
  person_id text references persons,
  surface text not null,
  data_key_id text not null references data_keys,
  sealed_address bytea,
  sealed_body bytea,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'given_up')),
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  delivered_at timestamptz
);
create index outbox_due on outbox (next_at) where status = 'pending';

-- Asking ---------------------------------------------------------------------------------------------------------------

-- A request to one person to connect one application: at most one open for each (person, parent).
create table connect_requests (
  id text primary key,
  workspace_id text not null references workspaces,
  person_id text not null references persons,
  parent_id text not null references connections,
  reason text not null,
  status text not null default 'open' check (status in ('open', 'done', 'declined', 'expired', 'cancelled')),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  finished_at timestamptz
);
create unique index connect_requests_open on connect_requests (person_id, parent_id) where status = 'open';

-- One visit to the connect page: for a person, about one job or (job_id null) about one parent made ahead.
-- It is found by its link until that is spent, afterwards by its id and the person's own session.
create table connect_visits (
  id text primary key,
  workspace_id text not null references workspaces,
  person_id text not null references persons,
  job_id text references jobs on delete cascade,
  parent_id text references connections,
  -- Where it was asked for: a surface's name, or `web` for our own pages.
  surface text not null,
  token_hash bytea unique,
  -- Where the person goes back to when all is done.
  return_to text,
  status text not null default 'open' check (status in ('open', 'done', 'declined', 'expired', 'superseded')),
  spent_at timestamptz,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index connect_visits_job on connect_visits (job_id);

-- One trip to an application's authorization server. `state` is kept hashed.
create table connect_attempts (
  id text primary key,
  workspace_id text not null references workspaces,
  state_hash bytea not null unique,
  -- The connection that the grant will belong to: a parent, or the parent of the child to be.
  parent_id text not null references connections,
  -- parent: connects the parent itself; child: connects the person's child under it.
  kind text not null check (kind in ('parent', 'child')),
  person_id text not null references persons,
  session_id text not null,
  visit_id text references connect_visits,
  client_version integer not null,
  sealed_verifier bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  consumed_at timestamptz
);

-- A person's conversation with Behalf in the portal.
create table chat_messages (
  id text primary key,
  -- The order they were said in.
  seq bigint generated always as identity unique,
  workspace_id text not null references workspaces,
  person_id text not null references persons,
  -- The delivery it came from, so that a repeated one is left out.
  delivery_id text unique,
  job_id text references jobs on delete set null,
  data_key_id text not null references data_keys,
  sealed_body bytea not null,
  created_at timestamptz not null default now()
);
create index chat_messages_person on chat_messages (person_id, seq desc);

-- A command whose parameters are being asked for, one by one: at most one for each person and conversation.
create table dialogs (
  person_id text not null references persons,
  conversation text not null,
  data_key_id text not null references data_keys,
  sealed_state bytea not null,
  expires_at timestamptz not null,
  primary key (person_id, conversation)
);
