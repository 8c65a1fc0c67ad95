-- Whose event it is: what came of the same sender meanwhile is handled in one go. Older code writes none.
alter table surface_events add column sender text not null default '';
create index surface_events_unhandled on surface_events (app_id, sender, received_at, id) where sealed_body is not null;
