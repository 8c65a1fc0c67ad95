-- Of a function that a masked step started as a job of its own nobody is shown anything either.
alter table jobs add column masked boolean not null default false;
