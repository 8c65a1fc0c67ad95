-- What a job runs is noted with it: the version of each function it may call, by recipe. Null when it calls none.
alter table jobs add column functions jsonb;
-- Until when a queued job is left alone: a step of it is tried again then.
alter table jobs add column not_before timestamptz;
-- Whose delegated connection a job without a person uses: its data is for them alone.
alter table jobs add column delegator_id text references persons;
create index jobs_delegator on jobs (delegator_id, id desc) where delegator_id is not null;

-- A job may wait for an answer as well; its key is the step's. What a lapse does: the job ends, or goes on without.
alter table waits drop constraint waits_kind_check;
alter table waits add constraint waits_kind_check check (kind in ('connection', 'answer'));
alter table waits add column on_lapse text not null default 'end' check (on_lapse in ('end', 'go_on'));

alter table recipe_triggers drop constraint recipe_triggers_kind_check;
alter table recipe_triggers add constraint recipe_triggers_kind_check
  check (kind in ('command', 'form', 'skill', 'api', 'function', 'webhook', 'schedule'));

-- `action`, `if`, `for_each` …; null for what was recorded before it was noted.
alter table job_steps add column kind text;
-- The recipe lets nobody see its data.
alter table job_steps add column masked boolean not null default false;
