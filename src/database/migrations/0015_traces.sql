-- The span a job was invoked in, in W3C's form: its runs, wherever they are, belong to the same trace. Null where no traces were made.
alter table jobs add column traceparent text;
