-- What waits is found by whose it is and by when it lapses, however much there is of it.
create index jobs_waiting on jobs (person_id, id) where status = 'waiting_for_connection';
create index connect_requests_expiry on connect_requests (expires_at) where status = 'open';
