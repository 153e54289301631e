CREATE FUNCTION marketplace.fx_rate_set(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.fx_rate_set(int, jsonb, text) IS
'Records an exchange rate; it takes over from older ones of the pair from valid_from on, and what was converted before stays as it was. Money is converted only at a rate on record, never by
the inverse of another pair (FD-9). Document: {"from": "GBP", "to": "EUR", "rate": "1.15", "source": "PSP", "valid_from"}: units of "to" for one of "from". Operators only.
Returns the rate''s number. Errors: MK001, MK003, MK005, MK006.';
