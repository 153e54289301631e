CREATE FUNCTION marketplace.late_interest(marketplace_id int, amount marketplace.amount, due_date date, until date DEFAULT NULL, payments jsonb DEFAULT '[]',
	seller_id bigint DEFAULT NULL, buyer_id bigint DEFAULT NULL, OUT days int, OUT interest numeric, OUT fixed_fee numeric, OUT total numeric, OUT currency text)
AS 'MODULE_PATHNAME', 'late_interest'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.late_interest(int, marketplace.amount, date, date, jsonb, bigint, bigint) IS
'What is owed for paying late: interest from the day after due_date to until (NULL: today), both included, on the undisputed amount with VAT that is still unpaid, at the rate of each half-year '
'(policy rd.late_rates, percent a year of 365 days, of the contract between seller_id and buyer_id where they are given), rounded once at the end; and the fixed recovery cost (policy rd.fixed_fee) '
'when anything is late at all. payments: what was paid of it, [{"paid_on": "2026-07-01", "amount": "100.00 EUR"}]; the day of a payment counts in full. Any party. '
'Rules RD-42 to RD-45; C. com. L441-10 II, D441-5. Errors: MK001, MK002 (negative amount, days outside 1583 to 9999), MK003, MK005, MK070 (a half-year without a rate, a fee in another currency).';

CREATE FUNCTION marketplace.late_interest_periods(marketplace_id int, amount marketplace.amount, due_date date, until date DEFAULT NULL, payments jsonb DEFAULT '[]',
	seller_id bigint DEFAULT NULL, buyer_id bigint DEFAULT NULL)
RETURNS TABLE (from_day date, to_day date, days int, open numeric, currency text, half_year text, rate_pct numeric)
AS 'MODULE_PATHNAME', 'late_interest_periods'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.late_interest_periods(int, marketplace.amount, date, date, jsonb, bigint, bigint) IS
'How late_interest() is reckoned: periods (both days included) with one rate and one unpaid amount; the interest is the sum of open × rate_pct × days ÷ 36500. '
'Arguments and errors are those of late_interest(). Any party. Rules RD-42 to RD-45.';
