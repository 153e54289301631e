CREATE OR REPLACE VIEW marketplace.tick_obstacles WITH (security_invoker = true) AS
SELECT f.marketplace_id, f.object, f.object_id, f.step, f.sqlstate, f.message, f.detail, f.hint, f.failures, f.first_failed_at, f.last_failed_at,
	f.next_attempt_at, f.next_attempt_at <= marketplace.clock() AS due
FROM marketplace.tick_failures f;
COMMENT ON VIEW marketplace.tick_obstacles IS 'What tick() could not carry out, for operators to look into (RD-19). Empty when all goes well.';
COMMENT ON COLUMN marketplace.tick_obstacles.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.tick_obstacles.object IS 'Kind of object; ''tick'' for a step that has no objects.';
COMMENT ON COLUMN marketplace.tick_obstacles.object_id IS 'Its number.';
COMMENT ON COLUMN marketplace.tick_obstacles.step IS 'What was to be done.';
COMMENT ON COLUMN marketplace.tick_obstacles.sqlstate IS 'Error code of the last attempt.';
COMMENT ON COLUMN marketplace.tick_obstacles.message IS 'Why it failed.';
COMMENT ON COLUMN marketplace.tick_obstacles.detail IS 'The figures.';
COMMENT ON COLUMN marketplace.tick_obstacles.hint IS 'The way out.';
COMMENT ON COLUMN marketplace.tick_obstacles.failures IS 'Attempts that failed in a row.';
COMMENT ON COLUMN marketplace.tick_obstacles.first_failed_at IS 'When the first of them failed.';
COMMENT ON COLUMN marketplace.tick_obstacles.last_failed_at IS 'When the last of them failed.';
COMMENT ON COLUMN marketplace.tick_obstacles.next_attempt_at IS 'From when the next tick() tries it again.';
COMMENT ON COLUMN marketplace.tick_obstacles.due IS 'The next tick() tries it.';
