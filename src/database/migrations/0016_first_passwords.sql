-- A password that somebody else made for a person: it signs nobody in, and only serves to choose one's own. Those of before are taken as own.
alter table passwords add column is_first boolean not null default false;
