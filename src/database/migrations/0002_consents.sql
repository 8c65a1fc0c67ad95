-- What a workspace decided for all its people; a setting that is not here has its default (src/people/workspace-settings.ts).
alter table workspaces add column settings jsonb not null default '{}';

-- A person's leave for one recipe to use their own connection. It covers what the recipe could do when it was given: `footprint`
-- names each connector, action, connection and recipient. Growth anywhere in it asks again.
create table consents (
  id text primary key,
  workspace_id text not null references workspaces,
  person_id text not null references persons,
  recipe_id text not null references recipes,
  connection_id text not null references connections,
  footprint text[] not null,
  created_at timestamptz not null default now(),
  withdrawn_at timestamptz
);
create unique index consents_live on consents (connection_id, recipe_id) where withdrawn_at is null;
create index consents_person on consents (person_id, id desc);

-- What was asked for when the grant was given: an application's own answer may name less, or name it otherwise.
alter table grants add column asked_scopes text[] not null default '{}';

-- The recipes a person lets use the connection they are about to make.
alter table connect_attempts add column recipe_ids text[] not null default '{}';

-- Whether people may connect their own accounts under this parent by typing a credential into a form.
alter table connections add column personal_form boolean not null default false;
