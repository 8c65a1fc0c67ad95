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
