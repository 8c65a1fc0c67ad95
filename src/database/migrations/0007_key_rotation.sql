-- Going from one sealing key to the next while running. A key is announced (a row), sealed with once every process holds it
-- (sealing_since), alone in use once everything sealed with an older one is wrapped anew (done_at); then the older ones are taken out.
alter table sealing_keys add column sealing_since timestamptz;
alter table sealing_keys add column done_at timestamptz;
alter table sealing_keys add column taken_out_at timestamptz;
-- Given up by command: what it sealed was lost.
alter table sealing_keys add column lost_at timestamptz;
-- How far wrapping anew has come: how much there was when it began and how much was done; and, in the pass that is under way, the place
-- (by its number in the list of sealed columns), the row that was looked at last, and whether anything was found.
alter table sealing_keys add column total bigint not null default 0;
alter table sealing_keys add column rewrapped bigint not null default 0;
alter table sealing_keys add column pass_place integer not null default 0;
alter table sealing_keys add column pass_after text not null default '';
alter table sealing_keys add column pass_found boolean not null default false;
alter table sealing_keys add column pass_began_at timestamptz;
update sealing_keys set sealing_since = first_used_at, done_at = first_used_at;

-- Each running process: the newest key it holds, and the one it seals with. One that has not been seen for half a minute is gone.
create table sealing_key_holders (
  process_id text primary key,
  holds integer not null,
  seals_with integer not null,
  seen_at timestamptz not null default now()
);
