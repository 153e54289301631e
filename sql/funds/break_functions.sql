CREATE FUNCTION marketplace.break_assign(marketplace_id int, break_id bigint, owner text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.break_assign(int, bigint, text, text) IS
'Gives a break that is not resolved to somebody: a person''s or a team''s name, at most 200 bytes. Operators only. Returns the break''s number. Errors: MK001, MK002, MK004, MK005, MK114 (resolved already).';
