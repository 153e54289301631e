CREATE FUNCTION marketplace.clock() RETURNS timestamptz
AS 'MODULE_PATHNAME', 'marketplace_clock' LANGUAGE c STABLE PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.clock() IS
'The present instant of the extension: now(), unless marketplace.clock is set (superusers, tests and simulations). Deadlines, numbers and
recorded_at follow it.';
