-- What was asked for a job goes with it when it is deleted, also where a person of a product was asked.
alter table external_visits drop constraint external_visits_visit_id_fkey,
  add foreign key (visit_id) references connect_visits on delete cascade;
alter table held_answers drop constraint held_answers_visit_id_fkey,
  add foreign key (visit_id) references external_visits on delete cascade;
alter table connect_attempts drop constraint connect_attempts_visit_id_fkey,
  add foreign key (visit_id) references connect_visits on delete cascade;
create index held_answers_visit on held_answers (visit_id);
create index connect_attempts_visit on connect_attempts (visit_id) where visit_id is not null;

-- Of very many jobs, those in a state that few are in. Most succeed, and what is queued or runs is in `jobs_unfinished`.
create index jobs_by_status on jobs (workspace_id, status, id desc)
  where status in ('waiting_for_connection', 'waiting_for_answer', 'failed', 'cancelled', 'expired');
create index jobs_of_recipe_by_status on jobs (recipe_id, status, id desc)
  where status in ('waiting_for_connection', 'waiting_for_answer', 'failed', 'cancelled', 'expired');

-- What was said in chat apart from jobs is erased by its age.
create index chat_messages_by_age on chat_messages (workspace_id, created_at) where job_id is null;

-- What waits for a place: a line for each combination of places, of which only the head is read.
drop index jobs_held;
create index jobs_held on jobs (slots, (surface in ('webhook', 'schedule')), created_at, id) where held and status = 'queued';
