-- Splitting amounts without losing a cent. C: src/types/allocate.c

CREATE FUNCTION marketplace.allocate(total marketplace.amount, weights numeric[]) RETURNS marketplace.amount[]
	AS 'MODULE_PATHNAME', 'amount_allocate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.allocate(marketplace.amount, numeric[]) IS
	'Splits an amount by weights, in their order; the shares add up to it exactly. Largest remainder, ties to the lowest position, the sign of the total (RD-9). Error MK014: no weight above zero, a weight negative, NULL or not finite.';

CREATE FUNCTION marketplace.share_cumulative(total marketplace.amount, cumulated numeric, whole numeric, already marketplace.amount) RETURNS marketplace.amount
	AS 'MODULE_PATHNAME', 'share_cumulative' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.share_cumulative(marketplace.amount, numeric, numeric, marketplace.amount) IS
	'The next part of an amount when cumulated of whole is done and already was given: round(total × cumulated ÷ whole) − already; with cumulated = whole exactly the rest (RD-10). Errors MK012 two currencies, MK014 whole not above zero, or cumulated negative or more than whole.';
