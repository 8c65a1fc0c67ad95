-- When it was last started: failures from before do not count towards stopping it.
alter table recipes add column started_at timestamptz;

-- When a finished job's data was purged; its row stays, with who, which, when, status and codes, until it goes as well.
alter table jobs add column purged_at timestamptz;
create index jobs_to_purge on jobs (workspace_id, finished_at) where finished_at is not null and purged_at is null;
create index jobs_to_delete on jobs (workspace_id, finished_at) where finished_at is not null and purged_at is not null;
create index outbox_job on outbox (job_id) where job_id is not null;
create index chat_messages_job on chat_messages (job_id) where job_id is not null;

-- How many jobs may run at once: of a recipe (by its version in force), with a parent connection. Null: as many as there is room for.
alter table recipes add column at_once integer check (at_once > 0);
alter table connections add column at_once integer check (at_once > 0);
create index recipes_limited on recipes (id) where at_once is not null;
create index connections_limited on connections (id) where at_once is not null;

-- What a job takes a place of while it is queued or runs: a recipe, connections, its workspace. Null where nothing limits it.
alter table jobs add column slots text[];
-- It waits for a place, and is not in the queue.
alter table jobs add column held boolean not null default false;
create index jobs_held on jobs ((surface in ('webhook', 'schedule')), created_at, id) where held and status = 'queued';
create index jobs_in_place on jobs (id) where slots is not null and not held and status in ('queued', 'running');
-- It also counts how many of a workspace's jobs are in the queue.
drop index jobs_unfinished;
create index jobs_unfinished on jobs (status, workspace_id) where status in ('queued', 'running');

-- A job that is limited begins by waiting for a place, and waits for one again after it waited for something else.
create function hold_job() returns trigger language plpgsql as $$
begin
  new.held := true;
  if new.status = 'running' then
    new.status := 'queued';
    new.holder := null;
    new.fence := 0;
    new.started_at := null;
  end if;
  return new;
end $$;
create trigger jobs_held_at_first before insert on jobs
  for each row when (new.slots is not null) execute function hold_job();
create trigger jobs_held_again before update of status on jobs
  for each row when (new.slots is not null and old.status = 'running' and (new.status in ('waiting_for_connection', 'waiting_for_answer')
    or (new.status = 'queued' and new.not_before is distinct from old.not_before))) execute function hold_job();

-- Notices on their way by e-mail: a few words and a link, never data of a job.
create table emails (
  id text primary key,
  workspace_id text not null references workspaces,
  person_id text not null references persons,
  subject text not null,
  body text not null,
  status text not null default 'pending' check (status in ('pending', 'sent', 'given_up')),
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  created_at timestamptz not null default now()
);
create index emails_due on emails (next_at) where status = 'pending';
