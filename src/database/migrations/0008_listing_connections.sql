-- People's own connections as lists show them: found by words, filtered, sorted and counted among a hundred thousand.

-- The words of a text, in small letters: what stands between signs and spaces, as people type the beginning of it.
create function words_of(text) returns tsvector language sql immutable parallel safe as $$
  select array_to_tsvector(array(
    select distinct left(word, 60) from regexp_split_to_table(lower($1), '[][\s!"#$%&''()*+,./:;<=>?@\\^_`{|}~-]+') word where word <> ''))
$$;

-- By which a person's own connection is found: the person's name and e-mail, the outside account, the connection's name. Empty on parents.
alter table connections add column words tsvector not null default '';

create function set_connection_words() returns trigger language plpgsql as $$
begin
  new.words := (select words_of(concat_ws(' ', name, email, new.account_label, new.account_email, new.name))
    from persons where id = new.person_id);
  return new;
end $$;
create trigger connections_words before insert or update of name, account_label, account_email, person_id on connections
  for each row when (new.person_id is not null) execute function set_connection_words();

create function renew_connection_words() returns trigger language plpgsql as $$
begin
  update connections set person_id = person_id where person_id = new.id and deleted_at is null;
  return null;
end $$;
create trigger persons_words after update of name, email on persons
  for each row when (new.name is distinct from old.name or new.email is distinct from old.email)
  execute function renew_connection_words();

update connections set person_id = person_id where person_id is not null;

-- By when they were made and when they were last used; never used is longest ago.
drop index connections_children;
create index connections_by_making on connections (workspace_id, created_at, id) where parent_id is not null and deleted_at is null;
create index connections_by_use on connections (workspace_id, coalesce(last_used_at, '-infinity'), id)
  where parent_id is not null and deleted_at is null;

-- Each filter by which one value may be rare beside another, with the order of the list: a page and its count are read from the index.
create index connections_by_connector on connections (workspace_id, connector, created_at, id)
  where parent_id is not null and deleted_at is null;
create index connections_by_project on connections (workspace_id, project_id, created_at, id)
  where parent_id is not null and deleted_at is null;
create index connections_by_environment on connections (workspace_id, environment, created_at, id)
  where parent_id is not null and deleted_at is null;
create index connections_by_surface on connections (workspace_id, surface, created_at, id)
  where parent_id is not null and deleted_at is null;
create index connections_by_status on connections (workspace_id, status, created_at, id)
  where parent_id is not null and deleted_at is null;
create index connections_by_parent on connections (parent_id, created_at, id)
  where parent_id is not null and deleted_at is null;

create index connections_words on connections using gin (words) with (fastupdate = off)
  where parent_id is not null and deleted_at is null;

-- The few that are no members, and the revocations that did not go as most do, are found without reading all others.
create index persons_kind on persons (workspace_id, kind) where kind <> 'member';
create index revocations_status on revocations (workspace_id, status) where status <> 'revoked';
drop index revocations_connection;
create index revocations_connection on revocations (connection_id, id desc);
