-- What is held until a person has confirmed it, and asking again.

-- What the person let each recipe do, as the page showed it when they left for the application: [{recipe_id, footprint}].
alter table connect_attempts drop column recipe_ids;
alter table connect_attempts add column uses jsonb not null default '[]';

-- Fresh tokens of an account that is not the one expected: nobody may use them until the person has said that they mean it. Left alone
-- for ten minutes they are revoked.
create table held_grants (
  attempt_id text primary key references connect_attempts,
  workspace_id text not null references workspaces,
  sealed bytea not null,
  scopes text[] not null,
  asked_scopes text[] not null,
  access_expires_at timestamptz,
  account_id text not null,
  account_label text not null,
  account_email text,
  -- The account that this one would take the place of; null when the person had none here.
  instead_of text,
  expires_at timestamptz not null
);
create index held_grants_expiry on held_grants (expires_at);

-- For counting them against the workspace's limit.
create index connections_of_connector on connections (workspace_id, connector) where parent_id is not null and deleted_at is null;

-- The job has waited for its person: everything it needs is looked at again before it goes on.
alter table jobs add column waited boolean not null default false;
