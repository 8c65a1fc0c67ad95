-- Until when its person lets whoever may view job data see this job's as well.
alter table jobs add column shared_until timestamptz;
