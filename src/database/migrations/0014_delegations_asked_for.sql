-- A recipe that runs without a person asks for the connections it names to be delegated to it: of each pair one request at a time.
create table delegation_requests (
  id text primary key,
  workspace_id text not null references workspaces,
  person_id text not null references persons,
  connection_id text not null references connections,
  recipe_id text not null references recipes,
  -- Who named the connection; null when a run asked, or an API key.
  asked_by text references persons,
  status text not null default 'open' check (status in ('open', 'accepted', 'declined', 'withdrawn')),
  created_at timestamptz not null,
  -- When the person was told last, of this request or of one before it; null when they were not.
  told_at timestamptz,
  finished_at timestamptz
);
create unique index delegation_requests_open on delegation_requests (connection_id, recipe_id) where status = 'open';
create index delegation_requests_latest on delegation_requests (connection_id, recipe_id, id desc);
create index delegation_requests_person on delegation_requests (person_id, told_at);
create index delegation_requests_recipe on delegation_requests (recipe_id) where status = 'open';

-- A job without a person waits for the one whose connection it names; the key says which connection, and which recipe names it.
alter table waits drop constraint waits_kind_check;
alter table waits add constraint waits_kind_check check (kind in ('connection', 'answer', 'delegation'));
