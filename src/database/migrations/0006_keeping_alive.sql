-- Keeping grants alive -------------------------------------------------------------------------------------------------

-- When a grant is refreshed although nobody uses it: ahead of its idle limit, or because a refresh that was begun has not ended yet.
-- Null for all others, so that the loop which looks for due ones reads nothing else.
alter table grants
  add column keep_alive_at timestamptz,
  -- How often it was put off since a refresh last succeeded.
  add column keep_alive_attempts integer not null default 0;
create index grants_keep_alive on grants (keep_alive_at) where keep_alive_at is not null;

-- From when on the person is asked about a lost connection, unless a job of theirs did so; null when that is done.
alter table connections add column must_ask_at timestamptz;
create index connections_must_ask on connections (must_ask_at) where must_ask_at is not null;
create index connect_requests_person on connect_requests (person_id, parent_id, created_at);

-- Revocation -----------------------------------------------------------------------------------------------------------

-- Which account a grant on its way out stood for, and under which client of its parent it was given: where revoking it would end every
-- grant of that account, it is kept while another one is in use; and it is never sent to a host that its parent was moved to since.
alter table revocations add column account_id text;
alter table revocations add column client_version integer;
alter table revocations drop constraint revocations_status_check;
alter table revocations add constraint revocations_status_check
  check (status in ('pending', 'revoked', 'kept', 'unsupported', 'failed'));
create index revocations_parent_pending on revocations (parent_id) where status = 'pending';
create index connections_same_account on connections (connector, account_id) where account_id is not null and deleted_at is null;

-- The settings and OAuth client a parent had before they were changed, while grants given under them may still have to be revoked.
-- The sealed client is a copy: it opens as that of its connection.
create table former_clients (
  connection_id text not null references connections,
  client_version integer not null,
  settings jsonb not null,
  client_id text,
  sealed_client bytea not null,
  created_at timestamptz not null,
  primary key (connection_id, client_version)
);
update connections set granted_client_version = client_version where parent_id is null and status in ('success', 'exception');

-- Parents that were deleted and whose client is still needed.
create index connections_client_kept on connections (id) where parent_id is null and deleted_at is not null and sealed_client is not null;

-- Many runtime user connections ended by one command, in batches: what was done so far is in the row.
create table bulk_revocations (
  id text primary key,
  workspace_id text not null references workspaces,
  -- Who ordered it.
  person_id text references persons,
  api_key_id text references api_keys,
  kind text not null check (kind in ('disconnect', 'delete')),
  -- {person_id} or {connector} or {ids}, as it was ordered.
  filter jsonb not null,
  total integer not null,
  done integer not null default 0,
  -- The connection that was done last.
  done_until text not null default '',
  created_at timestamptz not null,
  finished_at timestamptz
);
create index bulk_revocations_unfinished on bulk_revocations (created_at) where finished_at is null;
alter table revocations add column bulk_id text references bulk_revocations;
create index revocations_bulk on revocations (bulk_id) where bulk_id is not null;
