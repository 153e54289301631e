-- Accounts for the runs, in P and P+. 1 … 10 000: sellers. 10 001: the hot account of a batch. 20 001 … 30 000: escrow of lines. 30 001 … 40 000: reserves of sellers.
-- 40 001 …: the platform's, one row each: commission, receivable, revenue, VAT, cash. P names them by number, P+ by kind and holder.
INSERT INTO accounts SELECT g, 100000000000 FROM generate_series(1, 10001) g;
INSERT INTO accounts SELECT g, 100000000000 FROM generate_series(20001, 40000) g;
INSERT INTO accounts SELECT g, 100000000000000 FROM generate_series(40001, 40005) g;
INSERT INTO account_names(kind, party_id, account_id) SELECT 'c_seller', g, g FROM generate_series(1, 10000) g;
INSERT INTO account_names(kind, order_line_id, account_id) SELECT 'c_escrow', g, 20000 + g FROM generate_series(1, 10000) g;
INSERT INTO account_names(kind, party_id, account_id) SELECT 'c_reserve', g, 30000 + g FROM generate_series(1, 10000) g;
INSERT INTO account_names(kind, account_id) VALUES
  ('c_commission', 40001), ('o_commission_receivable', 40002), ('o_revenue', 40003), ('o_vat', 40004), ('c_cash', 40005);
INSERT INTO grants VALUES (session_user, 'owner');

-- Release of one line in P: escrow → seller, commission and its VAT; revenue and VAT in the platform's own books; the seller's reserve.
CREATE FUNCTION release(p_escrow bigint, p_seller bigint, p_reserve bigint, p_gross bigint, p_commission bigint, p_vat bigint, p_kept bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  PERFORM transfer(p_escrow, p_seller, p_gross - p_commission);
  PERFORM transfer(p_seller, p_reserve, p_kept);
  PERFORM transfer(p_escrow, 40001, p_commission - p_vat);
  PERFORM transfer(p_escrow, 40001, p_vat);
  PERFORM transfer(40002, 40003, p_commission - p_vat);
  RETURN transfer(40002, 40004, p_vat);
END $$;
