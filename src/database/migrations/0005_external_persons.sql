-- People of a product that embeds Behalf, service persons, delegations.

-- One product: its people are `external:<workspace>:<namespace>:<its own id of them>`, and only API keys of its namespace act as them.
create table namespaces (
  id text primary key,
  workspace_id text not null references workspaces,
  name text not null,
  -- Where browsers and notices may be sent.
  origins text[] not null,
  redirect_url text,
  -- Signs the notices.
  sealed_secret bytea not null,
  created_by text references persons,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
create unique index namespaces_live on namespaces (workspace_id, name) where deleted_at is null;

alter table api_keys add column namespace_id text references namespaces;

-- A connect page for a person of a product: no session opens it, so whoever answers it is only believed once the product confirms.
create table external_visits (
  visit_id text primary key references connect_visits,
  namespace_id text not null references namespaces,
  redirect_url text not null,
  callback_url text,
  -- The one browser whose click spent the link, by its cookie.
  browser_hash bytea
);

-- What that browser answered, kept for a minute until the product says that it was its signed-in user.
create table held_answers (
  id text primary key,
  workspace_id text not null references workspaces,
  visit_id text not null references external_visits,
  connection_id text not null references connections,
  kind text not null check (kind in ('connect', 'allow', 'decline')),
  -- allow: what the page showed that each recipe may do: [{recipe_id, footprint}].
  uses jsonb not null default '[]',
  completion_hash bytea not null unique,
  -- connect: the trip to the application, and what it sent to the redirect URI, the authorization code with it.
  attempt_id text references connect_attempts on delete cascade,
  sealed_query bytea,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  taken_at timestamptz,
  check ((kind = 'connect') = (attempt_id is not null))
);

-- Word of an outcome to a product, tried again for a day. Never a credential.
create table notices (
  id text primary key,
  workspace_id text not null references workspaces,
  namespace_id text not null references namespaces,
  url text not null,
  body jsonb not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  outcome text,
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
create index notices_due on notices (next_at) where status = 'pending';

-- A person's leave for one recipe that nobody invokes to use their own connection, until a date. `footprint` as in consents.
create table delegations (
  id text primary key,
  workspace_id text not null references workspaces,
  person_id text not null references persons,
  connection_id text not null references connections,
  recipe_id text not null references recipes,
  footprint text[] not null,
  created_by text not null references persons,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create unique index delegations_live on delegations (connection_id, recipe_id) where ended_at is null;
create index delegations_person on delegations (person_id, id desc);
