-- How a browser is tied to the person a connect link is for, and sign-in by OpenID Connect.

-- Where people sign in besides their password here. `email_domains`: those whose addresses it may speak for.
create table sign_in_providers (
  id text primary key,
  workspace_id text not null references workspaces,
  label text not null,
  issuer text not null,
  client_id text not null,
  sealed_client_secret bytea not null,
  email_domains text[] not null,
  -- Its addresses count as verified although it does not say so of each.
  emails_are_vouched_for boolean not null,
  may_create_persons boolean not null,
  -- Whether an owner saved it last: otherwise an address never leads to an owner.
  set_by_owner boolean not null,
  created_at timestamptz not null default now(),
  unique (workspace_id, issuer)
);

-- One trip to a provider, bound to the browser that began it. `state` and the browser's cookie are kept hashed.
create table sign_in_attempts (
  id text primary key,
  provider_id text not null references sign_in_providers on delete cascade,
  state_hash bytea not null unique,
  browser_hash bytea not null,
  sealed_checks bytea not null,
  return_to text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  consumed_at timestamptz
);
create index sign_in_attempts_provider on sign_in_attempts (provider_id);
create index sign_in_attempts_expiry on sign_in_attempts (expires_at);

-- A session ends with the provider that it was made through; null: by password.
alter table sessions add column sign_in_provider_id text references sign_in_providers on delete cascade;
create index sessions_provider on sessions (sign_in_provider_id) where sign_in_provider_id is not null;

-- burnt: a wrong code was typed, or its person did not open it.
alter table connect_visits drop constraint connect_visits_status_check;
alter table connect_visits add constraint connect_visits_status_check
  check (status in ('open', 'done', 'declined', 'expired', 'superseded', 'burnt'));
alter table connect_visits add column burnt_at timestamptz;
create index connect_visits_open on connect_visits (person_id) where status = 'open';
create index connect_visits_burnt on connect_visits (person_id, burnt_at) where status = 'burnt';

-- A browser without a session that opened a connect link, and the code it shows. Once its person has typed that code in their chat, it
-- is tied to them for this one visit. The browser's cookie is kept hashed, the code under a key that the database does not hold.
create table connect_ties (
  id text primary key,
  workspace_id text not null references workspaces,
  visit_id text not null references connect_visits on delete cascade,
  token_hash bytea not null,
  data_key_id text not null references data_keys,
  code_hash bytea not null,
  created_at timestamptz not null default now(),
  tied_at timestamptz,
  unique (visit_id, token_hash)
);

-- An attempt belongs to the session, or to the tie, of the browser that began it.
alter table connect_attempts alter column session_id drop not null;
alter table connect_attempts add column tie_id text references connect_ties on delete cascade;
create index connect_attempts_session on connect_attempts (session_id) where session_id is not null;

-- After three burnt links in a day nobody is sent a link until then.
alter table persons add column asking_paused_until timestamptz;

-- Identities go with the provider that named them; the connections that were made from them stay.
alter table connections drop constraint connections_identity_id_fkey;
alter table connections add constraint connections_identity_id_fkey
  foreign key (identity_id) references identities on delete set null;
