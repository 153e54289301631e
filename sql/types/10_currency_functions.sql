-- The type currency: an ISO 4217 currency, and the list of all of them. C: src/types/currency.c

CREATE TYPE marketplace.currency;

CREATE FUNCTION marketplace.currency_in(cstring) RETURNS marketplace.currency
	AS 'MODULE_PATHNAME', 'currency_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_in(cstring) IS
	'Text input of currency: three capital letters of ISO 4217. Error MK013 otherwise.';

CREATE FUNCTION marketplace.currency_out(marketplace.currency) RETURNS cstring
	AS 'MODULE_PATHNAME', 'currency_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_out(marketplace.currency) IS
	'Text output of currency: the three letters.';

CREATE FUNCTION marketplace.currency_recv(internal) RETURNS marketplace.currency
	AS 'MODULE_PATHNAME', 'currency_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_recv(internal) IS
	'Binary input of currency: three bytes, the letters. Error MK013 otherwise.';

CREATE FUNCTION marketplace.currency_send(marketplace.currency) RETURNS bytea
	AS 'MODULE_PATHNAME', 'currency_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_send(marketplace.currency) IS
	'Binary output of currency: three bytes, the letters.';

CREATE TYPE marketplace.currency (
	INPUT = marketplace.currency_in,
	OUTPUT = marketplace.currency_out,
	RECEIVE = marketplace.currency_recv,
	SEND = marketplace.currency_send,
	LIKE = pg_catalog.int2
);
COMMENT ON TYPE marketplace.currency IS
	'A currency of ISO 4217, active or withdrawn since 1999, written as its three letters: EUR. Sorts alphabetically. See marketplace.currencies().';

-- Order and equality: alphabetical by ISO code.

CREATE FUNCTION marketplace.currency_eq(marketplace.currency, marketplace.currency) RETURNS boolean
	AS 'MODULE_PATHNAME', 'currency_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_eq(marketplace.currency, marketplace.currency) IS
	'Implementation of the operator =: alphabetical by ISO code.';

CREATE FUNCTION marketplace.currency_ne(marketplace.currency, marketplace.currency) RETURNS boolean
	AS 'MODULE_PATHNAME', 'currency_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_ne(marketplace.currency, marketplace.currency) IS
	'Implementation of the operator <>: alphabetical by ISO code.';

CREATE FUNCTION marketplace.currency_lt(marketplace.currency, marketplace.currency) RETURNS boolean
	AS 'MODULE_PATHNAME', 'currency_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_lt(marketplace.currency, marketplace.currency) IS
	'Implementation of the operator <: alphabetical by ISO code.';

CREATE FUNCTION marketplace.currency_le(marketplace.currency, marketplace.currency) RETURNS boolean
	AS 'MODULE_PATHNAME', 'currency_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_le(marketplace.currency, marketplace.currency) IS
	'Implementation of the operator <=: alphabetical by ISO code.';

CREATE FUNCTION marketplace.currency_ge(marketplace.currency, marketplace.currency) RETURNS boolean
	AS 'MODULE_PATHNAME', 'currency_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_ge(marketplace.currency, marketplace.currency) IS
	'Implementation of the operator >=: alphabetical by ISO code.';

CREATE FUNCTION marketplace.currency_gt(marketplace.currency, marketplace.currency) RETURNS boolean
	AS 'MODULE_PATHNAME', 'currency_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_gt(marketplace.currency, marketplace.currency) IS
	'Implementation of the operator >: alphabetical by ISO code.';

CREATE OPERATOR marketplace.= (
	FUNCTION = marketplace.currency_eq,
	LEFTARG = marketplace.currency,
	RIGHTARG = marketplace.currency,
	COMMUTATOR = OPERATOR(marketplace.=),
	NEGATOR = OPERATOR(marketplace.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR marketplace.= (marketplace.currency, marketplace.currency) IS
	'Equal to: alphabetical by ISO code.';

CREATE OPERATOR marketplace.<> (
	FUNCTION = marketplace.currency_ne,
	LEFTARG = marketplace.currency,
	RIGHTARG = marketplace.currency,
	COMMUTATOR = OPERATOR(marketplace.<>),
	NEGATOR = OPERATOR(marketplace.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR marketplace.<> (marketplace.currency, marketplace.currency) IS
	'Different from: alphabetical by ISO code.';

CREATE OPERATOR marketplace.< (
	FUNCTION = marketplace.currency_lt,
	LEFTARG = marketplace.currency,
	RIGHTARG = marketplace.currency,
	COMMUTATOR = OPERATOR(marketplace.>),
	NEGATOR = OPERATOR(marketplace.>=),
	RESTRICT = pg_catalog.scalarltsel,
	JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR marketplace.< (marketplace.currency, marketplace.currency) IS
	'Before: alphabetical by ISO code.';

CREATE OPERATOR marketplace.<= (
	FUNCTION = marketplace.currency_le,
	LEFTARG = marketplace.currency,
	RIGHTARG = marketplace.currency,
	COMMUTATOR = OPERATOR(marketplace.>=),
	NEGATOR = OPERATOR(marketplace.>),
	RESTRICT = pg_catalog.scalarlesel,
	JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR marketplace.<= (marketplace.currency, marketplace.currency) IS
	'Before or equal to: alphabetical by ISO code.';

CREATE OPERATOR marketplace.>= (
	FUNCTION = marketplace.currency_ge,
	LEFTARG = marketplace.currency,
	RIGHTARG = marketplace.currency,
	COMMUTATOR = OPERATOR(marketplace.<=),
	NEGATOR = OPERATOR(marketplace.<),
	RESTRICT = pg_catalog.scalargesel,
	JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR marketplace.>= (marketplace.currency, marketplace.currency) IS
	'After or equal to: alphabetical by ISO code.';

CREATE OPERATOR marketplace.> (
	FUNCTION = marketplace.currency_gt,
	LEFTARG = marketplace.currency,
	RIGHTARG = marketplace.currency,
	COMMUTATOR = OPERATOR(marketplace.<),
	NEGATOR = OPERATOR(marketplace.<=),
	RESTRICT = pg_catalog.scalargtsel,
	JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR marketplace.> (marketplace.currency, marketplace.currency) IS
	'After: alphabetical by ISO code.';

CREATE FUNCTION marketplace.currency_compare(marketplace.currency, marketplace.currency) RETURNS integer
	AS 'MODULE_PATHNAME', 'currency_compare' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_compare(marketplace.currency, marketplace.currency) IS
	'Three-way comparison for btree indexes: -1, 0 or 1; alphabetical by ISO code.';

CREATE FUNCTION marketplace.currency_sortsupport(internal) RETURNS void
	AS 'MODULE_PATHNAME', 'currency_sortsupport' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_sortsupport(internal) IS
	'Sort support for btree indexes.';

CREATE FUNCTION marketplace.currency_hash(marketplace.currency) RETURNS integer
	AS 'MODULE_PATHNAME', 'currency_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_hash(marketplace.currency) IS
	'Hash value for hash joins, hash indexes and hash partitions.';

CREATE FUNCTION marketplace.currency_hash_extended(marketplace.currency, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'currency_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_hash_extended(marketplace.currency, bigint) IS
	'Seeded 64-bit hash value for hash partitions.';

CREATE OPERATOR FAMILY marketplace.currency_ops USING btree;
COMMENT ON OPERATOR FAMILY marketplace.currency_ops USING btree IS 'Order of marketplace.currency: alphabetical by ISO code.';
CREATE OPERATOR CLASS marketplace.currency_ops DEFAULT FOR TYPE marketplace.currency USING btree FAMILY marketplace.currency_ops AS
	OPERATOR 1 marketplace.< ,
	OPERATOR 2 marketplace.<= ,
	OPERATOR 3 marketplace.= ,
	OPERATOR 4 marketplace.>= ,
	OPERATOR 5 marketplace.> ,
	FUNCTION 1 marketplace.currency_compare(marketplace.currency, marketplace.currency),
	FUNCTION 2 marketplace.currency_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS marketplace.currency_ops USING btree IS 'Btree indexes, sorting and merge joins of marketplace.currency.';

CREATE OPERATOR FAMILY marketplace.currency_ops USING hash;
COMMENT ON OPERATOR FAMILY marketplace.currency_ops USING hash IS 'Hashing of marketplace.currency.';
CREATE OPERATOR CLASS marketplace.currency_ops DEFAULT FOR TYPE marketplace.currency USING hash FAMILY marketplace.currency_ops AS
	OPERATOR 1 marketplace.= ,
	FUNCTION 1 marketplace.currency_hash(marketplace.currency),
	FUNCTION 2 marketplace.currency_hash_extended(marketplace.currency, bigint);
COMMENT ON OPERATOR CLASS marketplace.currency_ops USING hash IS 'Hash indexes, hash joins and hash partitions of marketplace.currency.';

CREATE FUNCTION marketplace.currency_smaller(marketplace.currency, marketplace.currency) RETURNS marketplace.currency
	AS 'MODULE_PATHNAME', 'currency_smaller' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_smaller(marketplace.currency, marketplace.currency) IS
	'The one that sorts first of two; step of min(currency).';

CREATE AGGREGATE marketplace.min(marketplace.currency) (
	SFUNC = marketplace.currency_smaller,
	STYPE = marketplace.currency,
	COMBINEFUNC = marketplace.currency_smaller,
	SORTOP = OPERATOR(marketplace.<),
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE marketplace.min(marketplace.currency) IS
	'The currency that sorts first; NULL of no rows. Order: alphabetical by ISO code.';

CREATE FUNCTION marketplace.currency_larger(marketplace.currency, marketplace.currency) RETURNS marketplace.currency
	AS 'MODULE_PATHNAME', 'currency_larger' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency_larger(marketplace.currency, marketplace.currency) IS
	'The one that sorts last of two; step of max(currency).';

CREATE AGGREGATE marketplace.max(marketplace.currency) (
	SFUNC = marketplace.currency_larger,
	STYPE = marketplace.currency,
	COMBINEFUNC = marketplace.currency_larger,
	SORTOP = OPERATOR(marketplace.>),
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE marketplace.max(marketplace.currency) IS
	'The currency that sorts last; NULL of no rows. Order: alphabetical by ISO code.';

CREATE FUNCTION marketplace.currencies(
	OUT code marketplace.currency,
	OUT numeric_code smallint,
	OUT minor_units smallint,
	OUT name text,
	OUT cash_step numeric,
	OUT valid_from date,
	OUT valid_until date)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'currencies' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 231;
COMMENT ON FUNCTION marketplace.currencies() IS
	'All currencies: ISO letters and number; minor_units = decimals (NULL: none, no amounts in it); cash_step = smallest step of cash payments in major units; validity [valid_from, valid_until), NULL where open or not recorded. Source: ISO 4217 as of 2026-02-01 (RD-20 to RD-22); cash_step Unicode CLDR 42 and national coinage.';
