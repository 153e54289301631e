-- The type amount: money in one currency, exact, in eight bytes. C: src/types/amount*.c

CREATE TYPE marketplace.amount;

CREATE FUNCTION marketplace.amount_in(cstring, oid, integer) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_in(cstring, oid, integer) IS
	'Text input of amount: 1234.50 EUR. Errors: MK010 no amount or too many decimals, MK011 out of range, MK012 not the currency of the type modifier, MK013 unknown currency.';

CREATE FUNCTION marketplace.amount_out(marketplace.amount) RETURNS cstring
	AS 'MODULE_PATHNAME', 'amount_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_out(marketplace.amount) IS
	'Text output of amount: exactly the decimals of the currency, a space, its letters.';

CREATE FUNCTION marketplace.amount_recv(internal, oid, integer) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_recv(internal, oid, integer) IS
	'Binary input of amount: three letters and the minor units as int8, 11 bytes. Errors: MK011, MK012, MK013.';

CREATE FUNCTION marketplace.amount_send(marketplace.amount) RETURNS bytea
	AS 'MODULE_PATHNAME', 'amount_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_send(marketplace.amount) IS
	'Binary output of amount: three letters and the minor units as int8, 11 bytes.';

CREATE FUNCTION marketplace.amount_typmod_in(cstring[]) RETURNS integer
	AS 'MODULE_PATHNAME', 'amount_typmod_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_typmod_in(cstring[]) IS
	'Type modifier of amount: one currency, as in amount(''EUR''). Error MK013 if there are no amounts in it.';

CREATE FUNCTION marketplace.amount_typmod_out(integer) RETURNS cstring
	AS 'MODULE_PATHNAME', 'amount_typmod_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_typmod_out(integer) IS
	'Text of the type modifier of amount.';

CREATE TYPE marketplace.amount (
	INPUT = marketplace.amount_in,
	OUTPUT = marketplace.amount_out,
	RECEIVE = marketplace.amount_recv,
	SEND = marketplace.amount_send,
	TYPMOD_IN = marketplace.amount_typmod_in,
	TYPMOD_OUT = marketplace.amount_typmod_out,
	LIKE = pg_catalog.int8
);
COMMENT ON TYPE marketplace.amount IS
	'Money: a whole number of minor units (at most 9007199254740991, either sign) of one ISO 4217 currency, written 1234.50 EUR. amount(''EUR'') takes euros only. Arithmetic refuses two currencies (MK012) and overflow (MK011). RD-1 to RD-4.';

CREATE FUNCTION marketplace.amount_coerce(marketplace.amount, integer, boolean) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_coerce' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_coerce(marketplace.amount, integer, boolean) IS
	'Applies a type modifier: error MK012 if the amount is in another currency.';

CREATE CAST (marketplace.amount AS marketplace.amount)
	WITH FUNCTION marketplace.amount_coerce(marketplace.amount, integer, boolean) AS IMPLICIT;
COMMENT ON CAST (marketplace.amount AS marketplace.amount) IS
	'To amount(''EUR''): checks the currency, converts nothing.';

-- From and to other types.

CREATE FUNCTION marketplace.amount(value numeric, currency marketplace.currency) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_of_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount(numeric, marketplace.currency) IS
	'The amount of a value in major units. Error MK010 if it has a fraction of a minor unit: nothing is rounded; MK011 out of range; MK013 no amounts in the currency.';

CREATE FUNCTION marketplace.amount_round(value numeric, currency marketplace.currency) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_round' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_round(numeric, marketplace.currency) IS
	'The amount nearest to a value in major units, half away from zero (RD-3). Errors MK010 not finite, MK011, MK013.';

CREATE FUNCTION marketplace.amount_of_minor_units(minor_units bigint, currency marketplace.currency) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_of_minor_units' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_of_minor_units(bigint, marketplace.currency) IS
	'The amount of a number of minor units (cents), as payment providers state them. Errors MK011, MK013.';

CREATE FUNCTION marketplace.zero(currency marketplace.currency) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'currency_zero' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.zero(marketplace.currency) IS
	'The amount of nothing in a currency. Error MK013 if there are no amounts in it.';

CREATE FUNCTION marketplace.minor_units(amount marketplace.amount) RETURNS bigint
	AS 'MODULE_PATHNAME', 'amount_minor_units' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.minor_units(marketplace.amount) IS
	'The number of minor units (cents) of an amount.';

CREATE FUNCTION marketplace.currency(amount marketplace.amount) RETURNS marketplace.currency
	AS 'MODULE_PATHNAME', 'amount_currency_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.currency(marketplace.amount) IS
	'The currency of an amount.';

CREATE FUNCTION marketplace.amount_value(amount marketplace.amount) RETURNS numeric
	AS 'MODULE_PATHNAME', 'amount_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_value(marketplace.amount) IS
	'The value of an amount in major units, with exactly the decimals of its currency.';

CREATE CAST (marketplace.amount AS numeric)
	WITH FUNCTION marketplace.amount_value(marketplace.amount);
COMMENT ON CAST (marketplace.amount AS numeric) IS
	'The value in major units, explicit only: a number has no currency.';

-- Arithmetic: exact, rounded at most once, half away from zero.

CREATE FUNCTION marketplace.amount_plus(marketplace.amount, marketplace.amount) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_plus' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_plus(marketplace.amount, marketplace.amount) IS
	'Sum of two amounts of one currency. Errors MK011 overflow, MK012 two currencies.';
CREATE OPERATOR marketplace.+ (
	FUNCTION = marketplace.amount_plus,
	LEFTARG = marketplace.amount,
	RIGHTARG = marketplace.amount,
	COMMUTATOR = OPERATOR(marketplace.+)
);
COMMENT ON OPERATOR marketplace.+ (marketplace.amount, marketplace.amount) IS
	'Sum of two amounts of one currency. Errors MK011 overflow, MK012 two currencies.';

CREATE FUNCTION marketplace.amount_minus(marketplace.amount, marketplace.amount) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_minus' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_minus(marketplace.amount, marketplace.amount) IS
	'Difference of two amounts of one currency. Errors MK011 overflow, MK012 two currencies.';
CREATE OPERATOR marketplace.- (
	FUNCTION = marketplace.amount_minus,
	LEFTARG = marketplace.amount,
	RIGHTARG = marketplace.amount
);
COMMENT ON OPERATOR marketplace.- (marketplace.amount, marketplace.amount) IS
	'Difference of two amounts of one currency. Errors MK011 overflow, MK012 two currencies.';

CREATE FUNCTION marketplace.amount_negative(marketplace.amount) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_negative' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_negative(marketplace.amount) IS
	'The amount with the other sign.';
CREATE OPERATOR marketplace.- (
	FUNCTION = marketplace.amount_negative,
	RIGHTARG = marketplace.amount
);
COMMENT ON OPERATOR marketplace.- (NONE, marketplace.amount) IS
	'The amount with the other sign.';

CREATE FUNCTION marketplace.amount_times_numeric(marketplace.amount, numeric) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_times_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_times_numeric(marketplace.amount, numeric) IS
	'Amount times a rate, rounded once, half away from zero (RD-4). Errors MK010 rate not finite, MK011 overflow.';
CREATE OPERATOR marketplace.* (
	FUNCTION = marketplace.amount_times_numeric,
	LEFTARG = marketplace.amount,
	RIGHTARG = numeric,
	COMMUTATOR = OPERATOR(marketplace.*)
);
COMMENT ON OPERATOR marketplace.* (marketplace.amount, numeric) IS
	'Amount times a rate, rounded once, half away from zero (RD-4). Errors MK010 rate not finite, MK011 overflow.';

CREATE FUNCTION marketplace.numeric_times_amount(numeric, marketplace.amount) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'numeric_times_amount' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.numeric_times_amount(numeric, marketplace.amount) IS
	'Rate times an amount, rounded once, half away from zero (RD-4). Errors MK010 rate not finite, MK011 overflow.';
CREATE OPERATOR marketplace.* (
	FUNCTION = marketplace.numeric_times_amount,
	LEFTARG = numeric,
	RIGHTARG = marketplace.amount,
	COMMUTATOR = OPERATOR(marketplace.*)
);
COMMENT ON OPERATOR marketplace.* (numeric, marketplace.amount) IS
	'Rate times an amount, rounded once, half away from zero (RD-4). Errors MK010 rate not finite, MK011 overflow.';

CREATE FUNCTION marketplace.amount_over_numeric(marketplace.amount, numeric) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_over_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_over_numeric(marketplace.amount, numeric) IS
	'Amount divided by a number, rounded once, half away from zero. To split without losing a cent use marketplace.allocate. Errors MK010 divisor zero or not finite, MK011 overflow.';
CREATE OPERATOR marketplace./ (
	FUNCTION = marketplace.amount_over_numeric,
	LEFTARG = marketplace.amount,
	RIGHTARG = numeric
);
COMMENT ON OPERATOR marketplace./ (marketplace.amount, numeric) IS
	'Amount divided by a number, rounded once, half away from zero. To split without losing a cent use marketplace.allocate. Errors MK010 divisor zero or not finite, MK011 overflow.';

CREATE FUNCTION marketplace.amount_over_amount(marketplace.amount, marketplace.amount) RETURNS numeric
	AS 'MODULE_PATHNAME', 'amount_over_amount' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_over_amount(marketplace.amount, marketplace.amount) IS
	'Ratio of two amounts of one currency, a plain number. Errors MK010 division by zero, MK012 two currencies.';
CREATE OPERATOR marketplace./ (
	FUNCTION = marketplace.amount_over_amount,
	LEFTARG = marketplace.amount,
	RIGHTARG = marketplace.amount
);
COMMENT ON OPERATOR marketplace./ (marketplace.amount, marketplace.amount) IS
	'Ratio of two amounts of one currency, a plain number. Errors MK010 division by zero, MK012 two currencies.';

CREATE FUNCTION marketplace.abs(amount marketplace.amount) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_abs' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.abs(marketplace.amount) IS
	'The amount without its sign.';

CREATE FUNCTION marketplace.sign(amount marketplace.amount) RETURNS integer
	AS 'MODULE_PATHNAME', 'amount_sign' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.sign(marketplace.amount) IS
	'-1, 0 or 1: the sign of an amount.';

CREATE FUNCTION marketplace.round(amount marketplace.amount) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_to_cash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.round(marketplace.amount) IS
	'The nearest amount that can be paid in cash (0.05 CHF, 1.00 SEK, …), half away from zero; the amount itself where the currency has no cash step: see marketplace.currencies().';

-- Order and equality: by currency (in the order of marketplace.currencies()), then by value.

CREATE FUNCTION marketplace.amount_eq(marketplace.amount, marketplace.amount) RETURNS boolean
	AS 'MODULE_PATHNAME', 'amount_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_eq(marketplace.amount, marketplace.amount) IS
	'Implementation of the operator =: by currency (in the order of marketplace.currencies()), then by value.';

CREATE FUNCTION marketplace.amount_ne(marketplace.amount, marketplace.amount) RETURNS boolean
	AS 'MODULE_PATHNAME', 'amount_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_ne(marketplace.amount, marketplace.amount) IS
	'Implementation of the operator <>: by currency (in the order of marketplace.currencies()), then by value.';

CREATE FUNCTION marketplace.amount_lt(marketplace.amount, marketplace.amount) RETURNS boolean
	AS 'MODULE_PATHNAME', 'amount_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_lt(marketplace.amount, marketplace.amount) IS
	'Implementation of the operator <: by currency (in the order of marketplace.currencies()), then by value.';

CREATE FUNCTION marketplace.amount_le(marketplace.amount, marketplace.amount) RETURNS boolean
	AS 'MODULE_PATHNAME', 'amount_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_le(marketplace.amount, marketplace.amount) IS
	'Implementation of the operator <=: by currency (in the order of marketplace.currencies()), then by value.';

CREATE FUNCTION marketplace.amount_ge(marketplace.amount, marketplace.amount) RETURNS boolean
	AS 'MODULE_PATHNAME', 'amount_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_ge(marketplace.amount, marketplace.amount) IS
	'Implementation of the operator >=: by currency (in the order of marketplace.currencies()), then by value.';

CREATE FUNCTION marketplace.amount_gt(marketplace.amount, marketplace.amount) RETURNS boolean
	AS 'MODULE_PATHNAME', 'amount_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_gt(marketplace.amount, marketplace.amount) IS
	'Implementation of the operator >: by currency (in the order of marketplace.currencies()), then by value.';

CREATE OPERATOR marketplace.= (
	FUNCTION = marketplace.amount_eq,
	LEFTARG = marketplace.amount,
	RIGHTARG = marketplace.amount,
	COMMUTATOR = OPERATOR(marketplace.=),
	NEGATOR = OPERATOR(marketplace.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR marketplace.= (marketplace.amount, marketplace.amount) IS
	'Equal to: by currency (in the order of marketplace.currencies()), then by value.';

CREATE OPERATOR marketplace.<> (
	FUNCTION = marketplace.amount_ne,
	LEFTARG = marketplace.amount,
	RIGHTARG = marketplace.amount,
	COMMUTATOR = OPERATOR(marketplace.<>),
	NEGATOR = OPERATOR(marketplace.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR marketplace.<> (marketplace.amount, marketplace.amount) IS
	'Different from: by currency (in the order of marketplace.currencies()), then by value.';

CREATE OPERATOR marketplace.< (
	FUNCTION = marketplace.amount_lt,
	LEFTARG = marketplace.amount,
	RIGHTARG = marketplace.amount,
	COMMUTATOR = OPERATOR(marketplace.>),
	NEGATOR = OPERATOR(marketplace.>=),
	RESTRICT = pg_catalog.scalarltsel,
	JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR marketplace.< (marketplace.amount, marketplace.amount) IS
	'Before: by currency (in the order of marketplace.currencies()), then by value.';

CREATE OPERATOR marketplace.<= (
	FUNCTION = marketplace.amount_le,
	LEFTARG = marketplace.amount,
	RIGHTARG = marketplace.amount,
	COMMUTATOR = OPERATOR(marketplace.>=),
	NEGATOR = OPERATOR(marketplace.>),
	RESTRICT = pg_catalog.scalarlesel,
	JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR marketplace.<= (marketplace.amount, marketplace.amount) IS
	'Before or equal to: by currency (in the order of marketplace.currencies()), then by value.';

CREATE OPERATOR marketplace.>= (
	FUNCTION = marketplace.amount_ge,
	LEFTARG = marketplace.amount,
	RIGHTARG = marketplace.amount,
	COMMUTATOR = OPERATOR(marketplace.<=),
	NEGATOR = OPERATOR(marketplace.<),
	RESTRICT = pg_catalog.scalargesel,
	JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR marketplace.>= (marketplace.amount, marketplace.amount) IS
	'After or equal to: by currency (in the order of marketplace.currencies()), then by value.';

CREATE OPERATOR marketplace.> (
	FUNCTION = marketplace.amount_gt,
	LEFTARG = marketplace.amount,
	RIGHTARG = marketplace.amount,
	COMMUTATOR = OPERATOR(marketplace.<),
	NEGATOR = OPERATOR(marketplace.<=),
	RESTRICT = pg_catalog.scalargtsel,
	JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR marketplace.> (marketplace.amount, marketplace.amount) IS
	'After: by currency (in the order of marketplace.currencies()), then by value.';

CREATE FUNCTION marketplace.amount_compare(marketplace.amount, marketplace.amount) RETURNS integer
	AS 'MODULE_PATHNAME', 'amount_compare' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_compare(marketplace.amount, marketplace.amount) IS
	'Three-way comparison for btree indexes: -1, 0 or 1; by currency (in the order of marketplace.currencies()), then by value.';

CREATE FUNCTION marketplace.amount_sortsupport(internal) RETURNS void
	AS 'MODULE_PATHNAME', 'amount_sortsupport' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_sortsupport(internal) IS
	'Sort support for btree indexes.';

CREATE FUNCTION marketplace.amount_hash(marketplace.amount) RETURNS integer
	AS 'MODULE_PATHNAME', 'amount_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_hash(marketplace.amount) IS
	'Hash value for hash joins, hash indexes and hash partitions.';

CREATE FUNCTION marketplace.amount_hash_extended(marketplace.amount, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'amount_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_hash_extended(marketplace.amount, bigint) IS
	'Seeded 64-bit hash value for hash partitions.';

CREATE OPERATOR FAMILY marketplace.amount_ops USING btree;
COMMENT ON OPERATOR FAMILY marketplace.amount_ops USING btree IS 'Order of marketplace.amount: by currency (in the order of marketplace.currencies()), then by value.';
CREATE OPERATOR CLASS marketplace.amount_ops DEFAULT FOR TYPE marketplace.amount USING btree FAMILY marketplace.amount_ops AS
	OPERATOR 1 marketplace.< ,
	OPERATOR 2 marketplace.<= ,
	OPERATOR 3 marketplace.= ,
	OPERATOR 4 marketplace.>= ,
	OPERATOR 5 marketplace.> ,
	FUNCTION 1 marketplace.amount_compare(marketplace.amount, marketplace.amount),
	FUNCTION 2 marketplace.amount_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS marketplace.amount_ops USING btree IS 'Btree indexes, sorting and merge joins of marketplace.amount.';

CREATE OPERATOR FAMILY marketplace.amount_ops USING hash;
COMMENT ON OPERATOR FAMILY marketplace.amount_ops USING hash IS 'Hashing of marketplace.amount.';
CREATE OPERATOR CLASS marketplace.amount_ops DEFAULT FOR TYPE marketplace.amount USING hash FAMILY marketplace.amount_ops AS
	OPERATOR 1 marketplace.= ,
	FUNCTION 1 marketplace.amount_hash(marketplace.amount),
	FUNCTION 2 marketplace.amount_hash_extended(marketplace.amount, bigint);
COMMENT ON OPERATOR CLASS marketplace.amount_ops USING hash IS 'Hash indexes, hash joins and hash partitions of marketplace.amount.';

CREATE FUNCTION marketplace.amount_smaller(marketplace.amount, marketplace.amount) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_smaller' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_smaller(marketplace.amount, marketplace.amount) IS
	'The one that sorts first of two; step of min(amount).';

CREATE AGGREGATE marketplace.min(marketplace.amount) (
	SFUNC = marketplace.amount_smaller,
	STYPE = marketplace.amount,
	COMBINEFUNC = marketplace.amount_smaller,
	SORTOP = OPERATOR(marketplace.<),
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE marketplace.min(marketplace.amount) IS
	'The amount that sorts first; NULL of no rows. Order: by currency (in the order of marketplace.currencies()), then by value; group by currency to compare values.';

CREATE FUNCTION marketplace.amount_larger(marketplace.amount, marketplace.amount) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_larger' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_larger(marketplace.amount, marketplace.amount) IS
	'The one that sorts last of two; step of max(amount).';

CREATE AGGREGATE marketplace.max(marketplace.amount) (
	SFUNC = marketplace.amount_larger,
	STYPE = marketplace.amount,
	COMBINEFUNC = marketplace.amount_larger,
	SORTOP = OPERATOR(marketplace.>),
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE marketplace.max(marketplace.amount) IS
	'The amount that sorts last; NULL of no rows. Order: by currency (in the order of marketplace.currencies()), then by value; group by currency to compare values.';

-- Totals.

CREATE FUNCTION marketplace.amount_sum_step(internal, marketplace.amount) RETURNS internal
	AS 'MODULE_PATHNAME', 'amount_sum_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_sum_step(internal, marketplace.amount) IS
	'Step of sum(amount).';

CREATE FUNCTION marketplace.amount_sum_inverse(internal, marketplace.amount) RETURNS internal
	AS 'MODULE_PATHNAME', 'amount_sum_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_sum_inverse(internal, marketplace.amount) IS
	'Inverse step of sum(amount) for moving window frames.';

CREATE FUNCTION marketplace.amount_sum_combine(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'amount_sum_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_sum_combine(internal, internal) IS
	'Combines two partial states of sum(amount).';

CREATE FUNCTION marketplace.amount_sum_serialize(internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'amount_sum_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_sum_serialize(internal) IS
	'State of sum(amount) for another process.';

CREATE FUNCTION marketplace.amount_sum_deserialize(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'amount_sum_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_sum_deserialize(bytea, internal) IS
	'State of sum(amount) from another process.';

CREATE FUNCTION marketplace.amount_sum_final(internal) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'amount_sum_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.amount_sum_final(internal) IS
	'Result of sum(amount).';

CREATE AGGREGATE marketplace.sum(marketplace.amount) (
	SFUNC = marketplace.amount_sum_step,
	STYPE = internal,
	SSPACE = 48,
	FINALFUNC = marketplace.amount_sum_final,
	COMBINEFUNC = marketplace.amount_sum_combine,
	SERIALFUNC = marketplace.amount_sum_serialize,
	DESERIALFUNC = marketplace.amount_sum_deserialize,
	MSFUNC = marketplace.amount_sum_step,
	MINVFUNC = marketplace.amount_sum_inverse,
	MSTYPE = internal,
	MSSPACE = 48,
	MFINALFUNC = marketplace.amount_sum_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE marketplace.sum(marketplace.amount) IS
	'Total of amounts of one currency; NULL of no rows. Adds up exactly: only the result has to fit. Errors MK011 overflow, MK012 two currencies.';
