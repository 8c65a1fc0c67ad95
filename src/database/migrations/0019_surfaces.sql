-- What an administrator set up for a surface that is an app at a vendor: one of each surface. `version` grows with each save.
create table surface_apps (
  id text primary key,
  workspace_id text not null references workspaces,
  surface text not null,
  settings jsonb not null,
  -- The names of the secrets there are.
  secrets_kept text[] not null,
  sealed_secrets bytea not null,
  version integer not null default 1,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  unique (workspace_id, surface)
);

-- Where the app is installed: a team, an enterprise or a tenant of the vendor's, with what it gave the app to speak there.
create table surface_installations (
  id text primary key,
  workspace_id text not null references workspaces,
  app_id text not null references surface_apps on delete cascade,
  tenant text not null,
  label text not null,
  -- What only the surface itself reads.
  facts jsonb not null,
  sealed_credential bytea not null,
  -- The domains whose verified addresses make somebody there a person who is here already.
  email_domains text[] not null default '{}',
  allows_guests boolean not null default false,
  allows_strangers boolean not null default false,
  -- Whether an owner saved the domains: otherwise an address never leads to an owner.
  set_by_owner boolean not null,
  removed_at timestamptz,
  installed_at timestamptz not null,
  unique (app_id, tenant)
);

-- What came in, written down before it is acknowledged; a repetition finds its row.
create table surface_events (
  id text primary key,
  workspace_id text not null references workspaces,
  app_id text not null references surface_apps on delete cascade,
  delivery_key text not null,
  data_key_id text not null references data_keys,
  -- Null once it is handled.
  sealed_body bytea,
  received_at timestamptz not null default now(),
  unique (app_id, delivery_key)
);
create index surface_events_received on surface_events (received_at);

-- Where a delivered message stands, so that it can be changed.
create table surface_messages (
  delivery_id text primary key,
  workspace_id text not null references workspaces,
  app_id text not null references surface_apps on delete cascade,
  job_id text references jobs on delete cascade,
  kind text not null,
  data_key_id text not null references data_keys,
  sealed_place bytea not null,
  delivered_at timestamptz not null
);
create index surface_messages_job on surface_messages (job_id);
create index surface_messages_delivered on surface_messages (delivered_at);

-- Signing in by the client of a surface's app; its people are known by what they are there.
alter table sign_in_providers add column surface_app_id text unique references surface_apps on delete cascade;
alter table sign_in_providers drop constraint sign_in_providers_workspace_id_issuer_key;
create unique index sign_in_providers_issuer on sign_in_providers (workspace_id, issuer) where surface_app_id is null;
