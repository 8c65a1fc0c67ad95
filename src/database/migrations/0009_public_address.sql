-- The address of this server when a connection was last set up: redirect URIs registered at applications hang on it. Null on what was
-- set up before this was noted.
alter table connections add column public_origin text;
