-- When a started recipe with a schedule is due next. It goes with the recipe's being started: stopping or deleting takes it away.
create table schedules (
  recipe_id text primary key references recipes,
  workspace_id text not null references workspaces,
  -- Of the version in force: five fields of cron, by the clock of an IANA time zone.
  cron text not null,
  time_zone text not null,
  -- What becomes of due times that passed while nobody could fire them.
  catch_up text not null check (catch_up in ('none', 'latest', 'all')),
  next_at timestamptz not null
);
create index schedules_due on schedules (next_at);
