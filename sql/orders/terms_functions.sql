CREATE FUNCTION marketplace.payment_terms_schedule(marketplace_id int, terms jsonb, amount marketplace.amount, invoice_date date, received_on date DEFAULT NULL)
RETURNS TABLE (instalment int, terms_read text, due_date date, value numeric, currency text)
AS 'MODULE_PATHNAME', 'payment_terms_schedule'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.payment_terms_schedule(int, jsonb, marketplace.amount, date, date) IS
'When which part of an amount falls due. terms: a string, "NET 30" (days from the invoice), "45 EOM" (end of month; policy rd.eom_method says which of its two readings), '
'"30 EOM 10" (that day of the month after), "FIXED 2026-12-31", "ON RECEIPT 30" (days from received_on); or instalments [{"pct": 30, "terms": "ON RECEIPT 0"}, {"pct": 70, "terms": "45 EOM"}], '
'whose shares lose no cent. Days on which nobody works move as policy rd.due_roll says. Any party. Rules RD-9, RD-36 to RD-39. '
'Errors: MK001 (also ON RECEIPT without received_on), MK002, MK003 (unknown terms, instalments that are not 100 percent), MK005.';

CREATE FUNCTION marketplace.payment_terms_check(marketplace_id int, terms jsonb, invoice_date date, received_on date DEFAULT NULL, country text DEFAULT NULL,
	sector text DEFAULT 'general')
RETURNS TABLE (instalment int, terms_read text, due_date date, limit_date date, allowed boolean, source text)
AS 'MODULE_PATHNAME', 'payment_terms_check'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.payment_terms_check(int, jsonb, date, date, text, text) IS
'Whether the law allows payment terms: for each instalment the day that it falls due, the last day that is lawful and where that comes from; no limit and allowed where policy rd.terms_ceiling '
'has no row for the country (NULL: that of the marketplace), sector, form and date. terms as payment_terms_schedule() takes them. Any party. '
'Rule RD-41; C. com. L441-10. Errors: MK001, MK002, MK003, MK005, MK070 (the policy is no list).';
