-- The same accounts in the product's books, filled through its own door.
CREATE FUNCTION pg_temp.fill(kind text, holder text, n int) RETURNS bigint LANGUAGE sql AS $$
SELECT marketplace.ledger_post(1, jsonb_build_object('reason', 'fill', 'note', 'bench', 'transfers', jsonb_agg(jsonb_build_object(
	'debit', jsonb_build_object('kind', 'c_cash'), 'credit', jsonb_build_object('kind', kind, holder, g), 'amount', '1000000000.00 EUR'))))
  FROM generate_series(1, n) g
$$;
SELECT pg_temp.fill('c_seller', 'party_id', 10000), pg_temp.fill('c_escrow', 'order_line_id', 10000), pg_temp.fill('c_reserve', 'party_id', 10000);
