CREATE OR REPLACE VIEW marketplace.policy_registry_funds_recon (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.bank_lag', 'duration', '{"n": 1, "unit": "business_days"}'::jsonb,
		'Time that the bank has, from the end of the value date, to book what ledger and PSP agree on', 'FD-91, FD §13', false);
COMMENT ON VIEW marketplace.policy_registry_funds_recon IS 'Policy parameters of reconciliation (funds rule book §13).';
COMMENT ON COLUMN marketplace.policy_registry_funds_recon.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_funds_recon.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_funds_recon.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_funds_recon.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_funds_recon.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_funds_recon.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';

-- The three sides of reconcile(), each in the same form. What moved client money at the PSP, by what the books say moved it.
CREATE OR REPLACE VIEW marketplace.reconcilable_ledger WITH (security_invoker = true) AS
SELECT g.marketplace_id,
	   g.item || ':' || g.currency AS item_key,
	   g.psp_amount,
	   CASE WHEN t.amount IS NULL THEN g.bank_amount ELSE COALESCE(g.bank_amount, marketplace.zero(g.currency::marketplace.currency)) + t.amount END AS bank_amount,
	   g.object,
	   g.object_id,
	   COALESCE(b.end_to_end_id, g.end_to_end_id, 'receipt:' || g.money_receipt_id,
			CASE g.object WHEN 'settlement' THEN 'settlement:' || g.object_id END) AS end_to_end_id,
	   COALESCE(b.psp_id, p.psp_reference, g.psp_id) AS psp_id,
	   COALESCE(replace(i.idempotency_key::text, '-', ''), c.psp_reference) AS reference,
	   marketplace.sign(COALESCE(b.ledger_amount, b.psp_amount, b.bank_amount, g.psp_amount, g.bank_amount)) > 0 AS inflow,
	   COALESCE(p.payer_id, i.payee_id) AS party_id,
	   (g.effective_at AT TIME ZONE m.time_zone)::date AS value_date
  FROM (SELECT l.marketplace_id,
			   l.currency,
			   l.item,
			   min(l.cause) AS cause,
			   min(l.object) AS object,
			   min(l.object_id) AS object_id,
			   min(l.payment_id) AS payment_id,
			   min(l.money_receipt_id) AS money_receipt_id,
			   min(l.end_to_end_id) AS end_to_end_id,
			   min(l.psp_id) AS psp_id,
			   min(l.effective_at) AS effective_at,
			   marketplace.sum(l.amount) FILTER (WHERE l.reason NOT IN ('settle', 'psp_fee')) AS psp_amount,
			   marketplace.sum(l.amount) FILTER (WHERE l.kind = 'c_cash') AS bank_amount
		  FROM (SELECT t.marketplace_id,
					   t.cause,
					   t.reason,
					   t.effective_at,
					   a.kind::text AS kind,
					   a.currency::text AS currency,
					   CASE t.side WHEN 'debit' THEN t.amount ELSE - t.amount END AS amount,
					   CASE WHEN e.type IN ('payment.captured', 'payment.settled') THEN 'capture:' || (e.payload ->> 'capture_id')
							ELSE 'event:' || t.cause END AS item,
					   CASE WHEN e.payload ? 'payout_id' THEN 'payout' WHEN e.payload ? 'refund_id' THEN 'refund'
							WHEN e.payload ? 'capture_id' THEN 'capture' WHEN e.payload ? 'payment_id' THEN 'payment' ELSE e.aggregate END AS object,
					   CASE WHEN e.payload ? 'payout_id' THEN (e.payload ->> 'payout_id')::bigint
							WHEN e.payload ? 'refund_id' THEN (e.payload ->> 'refund_id')::bigint
							WHEN e.payload ? 'capture_id' THEN (e.payload ->> 'capture_id')::bigint
							WHEN e.payload ? 'payment_id' THEN (e.payload ->> 'payment_id')::bigint ELSE e.aggregate_id END AS object_id,
					   CASE WHEN NOT e.payload ? 'payout_id' AND NOT e.payload ? 'refund_id' THEN (e.payload ->> 'payment_id')::bigint END AS payment_id,
					   (e.payload ->> 'money_receipt_id')::bigint AS money_receipt_id,
					   e.payload ->> 'end_to_end_id' AS end_to_end_id,
					   e.payload ->> 'psp_reference' AS psp_id
				  FROM marketplace.accounts a
				 CROSS JOIN LATERAL (
					SELECT d.marketplace_id, d.cause, d.reason, d.effective_at, d.amount, 'debit'::text AS side
					  FROM marketplace.transfers d
					 WHERE d.marketplace_id = a.marketplace_id
					   AND d.debit_account = a.id
					 UNION ALL
					SELECT c.marketplace_id, c.cause, c.reason, c.effective_at, c.amount, 'credit'::text AS side
					  FROM marketplace.transfers c
					 WHERE c.marketplace_id = a.marketplace_id
					   AND c.credit_account = a.id) t
				  JOIN marketplace.events e ON e.marketplace_id = a.marketplace_id AND e.id = t.cause
				 WHERE a.kind IN ('c_cash', 'c_psp_clearing')) l
		 GROUP BY l.marketplace_id, l.currency, l.item) g
  JOIN marketplace.marketplaces m ON m.marketplace_id = g.marketplace_id
  LEFT JOIN marketplace.payments p ON p.marketplace_id = g.marketplace_id AND p.id = g.payment_id
  LEFT JOIN marketplace.recon_breaks b ON b.marketplace_id = g.marketplace_id AND g.object = 'break' AND b.id = g.object_id
  LEFT JOIN LATERAL (
	SELECT n.idempotency_key,
		   COALESCE(o.seller_id, r.buyer_id) AS payee_id
	  FROM marketplace.instructions n
	  LEFT JOIN marketplace.payouts o ON n.object = 'payout' AND o.marketplace_id = n.marketplace_id AND o.id = n.object_id
	  LEFT JOIN marketplace.refunds r ON n.object = 'refund' AND r.marketplace_id = n.marketplace_id AND r.id = n.object_id
	 WHERE n.marketplace_id = g.marketplace_id
	   AND n.object = g.object
	   AND n.object_id = g.object_id
	 ORDER BY n.id DESC
	 LIMIT 1) i ON g.object IN ('payout', 'refund')
  LEFT JOIN marketplace.captures c ON g.object = 'capture' AND c.marketplace_id = g.marketplace_id AND c.id = g.object_id
  LEFT JOIN LATERAL (
	SELECT marketplace.sum(CASE g.object WHEN 'capture' THEN n.from_posted ELSE - n.from_posted END) AS amount
	  FROM marketplace.settlement_items n
	 WHERE n.marketplace_id = g.marketplace_id
	   AND (g.object = 'capture' AND n.object = 'capture' AND n.object_id = g.object_id OR g.object = 'settlement' AND n.settlement_id = g.object_id)) t
	ON g.object = 'settlement' OR g.item LIKE 'capture:%'
 WHERE marketplace.sign(COALESCE(g.psp_amount, g.bank_amount + COALESCE(t.amount, marketplace.zero(g.currency::marketplace.currency)))) <> 0;
COMMENT ON VIEW marketplace.reconcilable_ledger IS
'Side ledger of reconcile(): what moved client money at the PSP (accounts c_psp_clearing and c_cash), one row per capture with its settlement, else per event that caused it. Cash that was posted when the bank showed a lump sum of the PSP is that of the captures that it pays, as soon as they are told. FD-90.';
COMMENT ON COLUMN marketplace.reconcilable_ledger.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.reconcilable_ledger.item_key IS 'What the row is about, unique.';
COMMENT ON COLUMN marketplace.reconcilable_ledger.psp_amount IS 'What should stand at the PSP, fees not deducted: in positive, out negative; NULL: the PSP is not concerned.';
COMMENT ON COLUMN marketplace.reconcilable_ledger.bank_amount IS 'What should stand on the account, fees deducted; NULL: nothing yet.';
COMMENT ON COLUMN marketplace.reconcilable_ledger.object IS 'Kind of object: capture, payout, refund, …';
COMMENT ON COLUMN marketplace.reconcilable_ledger.object_id IS 'Its number.';
COMMENT ON COLUMN marketplace.reconcilable_ledger.end_to_end_id IS 'End-to-end id, or the receipt of money that it came with; NULL: none.';
COMMENT ON COLUMN marketplace.reconcilable_ledger.psp_id IS 'The PSP''s id; NULL: not known.';
COMMENT ON COLUMN marketplace.reconcilable_ledger.reference IS 'Idempotency key of its instruction, without hyphens, or the capture''s name at the PSP; NULL: none.';
COMMENT ON COLUMN marketplace.reconcilable_ledger.inflow IS 'Money comes in: what corrects a movement goes with it, whatever its own sign.';
COMMENT ON COLUMN marketplace.reconcilable_ledger.party_id IS 'Payer or payee; NULL: not known.';
COMMENT ON COLUMN marketplace.reconcilable_ledger.value_date IS 'Local date on which it took effect.';

CREATE OR REPLACE VIEW marketplace.reconcilable_psp WITH (security_invoker = true) AS
SELECT t.marketplace_id,
	   t.id::text AS item_key,
	   t.amount,
	   t.fee,
	   t.settlement_id,
	   NULLIF(t.end_to_end_id, 'NOTPROVIDED') AS end_to_end_id,
	   t.psp_id,
	   t.reference,
	   t.value_date
  FROM marketplace.psp_transactions t;
COMMENT ON VIEW marketplace.reconcilable_psp IS 'Side PSP of reconcile(): its own list. FD-90.';
COMMENT ON COLUMN marketplace.reconcilable_psp.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.reconcilable_psp.item_key IS 'Number of the row of psp_transactions.';
COMMENT ON COLUMN marketplace.reconcilable_psp.amount IS 'What moved, fees not deducted: in positive, out negative.';
COMMENT ON COLUMN marketplace.reconcilable_psp.fee IS 'What the PSP kept of it; NULL: not given.';
COMMENT ON COLUMN marketplace.reconcilable_psp.settlement_id IS 'Settlement that brings it to the account; NULL: by itself.';
COMMENT ON COLUMN marketplace.reconcilable_psp.end_to_end_id IS 'End-to-end id; NULL: none.';
COMMENT ON COLUMN marketplace.reconcilable_psp.psp_id IS 'The PSP''s id.';
COMMENT ON COLUMN marketplace.reconcilable_psp.reference IS 'Our reference; NULL: none.';
COMMENT ON COLUMN marketplace.reconcilable_psp.value_date IS 'Value date.';

CREATE OR REPLACE VIEW marketplace.reconcilable_bank WITH (security_invoker = true) AS
SELECT l.marketplace_id,
	   concat_ws('/', l.entry_id, l.detail_id, f.position, s.part) AS item_key,
	   COALESCE(- f.amount, s.amount, l.amount) AS amount,
	   COALESCE(f.end_to_end_id, l.end_to_end_id) AS end_to_end_id,
	   CASE WHEN l.object = 'money_receipt' THEN 'receipt:' || l.object_id ELSE s.psp_id END AS psp_id,
	   COALESCE(l.servicer_reference, l.payment_information_id) AS reference,
	   (SELECT min(a.party_id)
		  FROM marketplace.bank_accounts a
		 WHERE a.marketplace_id = l.marketplace_id
		   AND a.iban = l.counterparty_account) AS party_id,
	   COALESCE(l.value_on, l.booked_on) AS value_date
  FROM marketplace.bank_line_rows l
  LEFT JOIN marketplace.payment_file_items f ON l.object = 'payment_file' AND f.marketplace_id = l.marketplace_id AND f.file_id = l.object_id
   AND EXISTS (SELECT FROM marketplace.instructions i
				WHERE i.marketplace_id = f.marketplace_id
				  AND i.id = f.instruction_id
				  AND i.state NOT IN ('failed', 'cancelled'))
  LEFT JOIN LATERAL (
	SELECT NULL::text AS part,
		   n.amount,
		   n.reference AS psp_id
	  FROM marketplace.settlements n
	 WHERE n.marketplace_id = l.marketplace_id
	   AND n.id = l.object_id
	   AND n.listed IS NOT NULL
	   AND n.reference IS NOT NULL
	 UNION ALL
	SELECT i.object || ' ' || i.object_id,
		   i.amount,
		   COALESCE(p.psp_reference, i.object || ':' || i.object_id || ':' || marketplace.currency(i.amount))
	  FROM marketplace.settlements n
	  JOIN marketplace.settlement_items i ON i.marketplace_id = n.marketplace_id AND i.settlement_id = n.id
	  LEFT JOIN marketplace.chargebacks b ON i.object = 'chargeback' AND b.marketplace_id = i.marketplace_id AND b.id = i.object_id
	  LEFT JOIN marketplace.captures c ON c.marketplace_id = i.marketplace_id AND c.id = CASE i.object WHEN 'capture' THEN i.object_id ELSE b.capture_id END
	  LEFT JOIN marketplace.payments p ON p.marketplace_id = c.marketplace_id AND p.id = c.payment_id
	 WHERE n.marketplace_id = l.marketplace_id
	   AND n.id = l.object_id
	   AND (n.listed IS NULL OR n.reference IS NULL)
	 UNION ALL
	SELECT 'rest',
		   n.amount + n.netted - n.covered,
		   'settlement:' || n.id
	  FROM marketplace.settlements n
	 WHERE n.marketplace_id = l.marketplace_id
	   AND n.id = l.object_id
	   AND (n.listed IS NULL OR n.reference IS NULL)
	   AND n.covered <> n.amount + n.netted) s ON l.object = 'settlement'
 WHERE l.client
   AND l.same_as IS NULL
   AND l.amount IS NOT NULL
   AND marketplace.sign(l.amount) <> 0
   AND COALESCE(l.value_on, l.booked_on) IS NOT NULL
   AND l.outcome IS DISTINCT FROM 'told_before';
COMMENT ON VIEW marketplace.reconcilable_bank IS 'Side bank of reconcile(): booked entries of the client account, or the transactions of those that are exploded (FD-87) the orders of payment files that were booked as one, and the captures that a lump sum of the PSP pays where its list does not have it. FD-90.';
COMMENT ON COLUMN marketplace.reconcilable_bank.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.reconcilable_bank.item_key IS 'What the row is about, unique.';
COMMENT ON COLUMN marketplace.reconcilable_bank.amount IS 'What was booked: in positive, out negative.';
COMMENT ON COLUMN marketplace.reconcilable_bank.end_to_end_id IS 'End-to-end id; NULL: none.';
COMMENT ON COLUMN marketplace.reconcilable_bank.psp_id IS 'Id of the PSP that it carries as its reference; NULL: none.';
COMMENT ON COLUMN marketplace.reconcilable_bank.reference IS 'Reference of the entry or the batch; NULL: none.';
COMMENT ON COLUMN marketplace.reconcilable_bank.party_id IS 'Counterparty, by its account; NULL: not known.';
COMMENT ON COLUMN marketplace.reconcilable_bank.value_date IS 'Value date.';

CREATE OR REPLACE VIEW marketplace.reconciliation_overview WITH (security_invoker = true) AS
SELECT l.marketplace_id,
	   l.run_id,
	   r.until,
	   r.made_at,
	   l.position,
	   l.key,
	   l.outcome,
	   marketplace.amount_value(l.ledger_amount) AS ledger_amount,
	   marketplace.amount_value(l.psp_amount) AS psp_amount,
	   marketplace.amount_value(l.bank_amount) AS bank_amount,
	   marketplace.currency(COALESCE(l.ledger_amount, l.psp_amount, l.bank_amount))::text AS currency,
	   l.value_date
  FROM marketplace.reconciliation_lines l
  JOIN marketplace.reconciliations r ON r.marketplace_id = l.marketplace_id AND r.id = l.run_id;
COMMENT ON VIEW marketplace.reconciliation_overview IS 'What each comparison of ledger, PSP and bank found (reconcile()); what matched before is not repeated. Operators and auditors. FD-90…FD-96.';
COMMENT ON COLUMN marketplace.reconciliation_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.reconciliation_overview.run_id IS 'Number of the comparison.';
COMMENT ON COLUMN marketplace.reconciliation_overview.until IS 'Last value date that was compared.';
COMMENT ON COLUMN marketplace.reconciliation_overview.made_at IS 'When it was made.';
COMMENT ON COLUMN marketplace.reconciliation_overview.position IS 'Line of it.';
COMMENT ON COLUMN marketplace.reconciliation_overview.key IS 'End-to-end id, else the PSP''s id, else the only side''s own.';
COMMENT ON COLUMN marketplace.reconciliation_overview.outcome IS 'matched, or the classes of its breaks.';
COMMENT ON COLUMN marketplace.reconciliation_overview.ledger_amount IS 'What the books say: in positive, out negative.';
COMMENT ON COLUMN marketplace.reconciliation_overview.psp_amount IS 'What the PSP says.';
COMMENT ON COLUMN marketplace.reconciliation_overview.bank_amount IS 'What the bank says.';
COMMENT ON COLUMN marketplace.reconciliation_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.reconciliation_overview.value_date IS 'First value date of its sides.';
