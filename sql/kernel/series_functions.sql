CREATE FUNCTION marketplace.series_format(pattern text, root text, siren text, year int, n bigint) RETURNS text
AS 'MODULE_PATHNAME', 'series_format'
LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.series_format(text, text, text, int, bigint) IS
'The n-th number of a series as its pattern prints it: {root}, {siren} (the issuer''s identifier), {yyyy}, {n:6} (at least six digits), literal characters. root and siren may be NULL if not printed. Errors: MK060 pattern without {n:w} or {yyyy}, unknown placeholder, more than 35 characters or others than A-Z a-z 0-9 + _ / - (IV-18, BR-FR-01, BR-FR-02); MK001 NULL.';

CREATE FUNCTION marketplace.series_check(
	marketplace_id int,
	issuer_id bigint DEFAULT NULL,
	OUT series_id bigint,
	OUT check_name text,
	OUT n bigint,
	OUT expected text,
	OUT found text
) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'series_check'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.series_check(int, bigint) IS
'Proves the numbering series of an issuer, or of all (operator, auditor); no rows: all is well. check_name: gap, duplicate, number (differs from the pattern), date (decreases), chain (previous_hash is not the hash before), counter (differs from the number of documents), last_date, head (differs from the last hash). The content of documents is verified by invoicing. Rule IV-21. Errors: MK001, MK005.';
