CREATE OR REPLACE VIEW marketplace.policy_registry_funds_safeguarding (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.safeguarding_cut_off', 'text', '"10:30"'::jsonb,
		'Local time on the next TARGET day at which client money must be all there', 'FD-98, FD §13', false),
	('fd.own_buffer', 'numeric', '0',
		'Own money that may lie on a client account, in units of its currency; more is reported', 'FD-98, FD §13', false);
COMMENT ON VIEW marketplace.policy_registry_funds_safeguarding IS 'Policy parameters of safeguarding (funds rule book §13).';
COMMENT ON COLUMN marketplace.policy_registry_funds_safeguarding.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_funds_safeguarding.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_funds_safeguarding.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_funds_safeguarding.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_funds_safeguarding.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_funds_safeguarding.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';

CREATE OR REPLACE VIEW marketplace.reported_balances WITH (security_invoker = true) AS
WITH bank AS (
	SELECT DISTINCT ON (s.marketplace_id, s.account, marketplace.currency(s.closing), s.closing_on)
		   s.marketplace_id,
		   m.psp_party_id,
		   marketplace.currency(s.closing) AS currency,
		   s.closing_on AS day,
		   s.closing AS balance
	  FROM marketplace.bank_statements s
	  JOIN marketplace.marketplaces m ON m.marketplace_id = s.marketplace_id
	 WHERE s.client
	   AND s.kind = 'camt.053'
	   AND s.closing IS NOT NULL
	   AND s.closing_on IS NOT NULL
	   AND m.psp_party_id IS NOT NULL
	 ORDER BY s.marketplace_id, s.account, marketplace.currency(s.closing), s.closing_on, s.page DESC, s.id DESC)
SELECT b.marketplace_id,
	   b.psp_party_id,
	   b.currency,
	   b.day,
	   b.balance,
	   'bank'::text AS source
  FROM bank b
 UNION ALL
SELECT p.marketplace_id,
	   p.psp_party_id,
	   p.currency,
	   p.day,
	   p.balance,
	   'psp'
  FROM marketplace.psp_balances p
 WHERE NOT EXISTS (SELECT FROM bank b
					WHERE b.marketplace_id = p.marketplace_id
					  AND b.psp_party_id = p.psp_party_id
					  AND b.currency = p.currency
					  AND b.day = p.day);
COMMENT ON VIEW marketplace.reported_balances IS 'What bank or PSP reported to lie on the client accounts at the end of a day, columns as stored; for safeguarding_proof().';
COMMENT ON COLUMN marketplace.reported_balances.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.reported_balances.psp_party_id IS 'PSP that keeps the account.';
COMMENT ON COLUMN marketplace.reported_balances.currency IS 'Currency of the account.';
COMMENT ON COLUMN marketplace.reported_balances.day IS 'The day.';
COMMENT ON COLUMN marketplace.reported_balances.balance IS 'Balance at its end; one row an account of the bank.';
COMMENT ON COLUMN marketplace.reported_balances.source IS 'bank (its statement), or psp (its list, where there is no statement of the day).';

CREATE OR REPLACE VIEW marketplace.safeguarding_proofs_overview WITH (security_invoker = true) AS
SELECT p.marketplace_id,
	   p.id AS proof_id,
	   p.day,
	   p.cut_off,
	   l.psp_party_id,
	   l.currency::text AS currency,
	   CASE WHEN l.bank_balance IS NULL THEN 'no_statement'
			WHEN marketplace.sign(l.shortfall) > 0 THEN 'shortfall'
			WHEN marketplace.sign(l.due_from_own) > 0 THEN 'due_from_own'
			ELSE 'covered' END AS result,
	   marketplace.amount_value(l.liabilities) AS liabilities,
	   marketplace.amount_value(l.psp_clearing) AS psp_clearing,
	   marketplace.amount_value(l.required) AS required,
	   marketplace.amount_value(l.bank_balance) AS bank_balance,
	   l.bank_day,
	   marketplace.amount_value(l.cash) AS cash,
	   marketplace.amount_value(l.transferred) AS transferred,
	   marketplace.amount_value(l.due_from_own) AS due_from_own,
	   marketplace.amount_value(l.shortfall) AS shortfall,
	   marketplace.amount_value(l.own_money) AS own_money,
	   marketplace.amount_value(l.own_excess) AS own_excess,
	   p.made_at,
	   p.hash
  FROM marketplace.safeguarding_proofs p
  JOIN marketplace.safeguarding_lines l ON l.marketplace_id = p.marketplace_id AND l.proof_id = p.id;
COMMENT ON VIEW marketplace.safeguarding_proofs_overview IS 'Proofs that client money is all there (FD-98). Operators and auditors.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.proof_id IS 'Number of the proof.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.day IS 'Day that is proved.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.cut_off IS 'What was recorded until then counts.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.psp_party_id IS 'PSP that keeps the account.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.result IS 'covered, shortfall, due_from_own or no_statement.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.liabilities IS 'What was owed to clients.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.psp_clearing IS 'Of it, not yet settled by the PSP.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.required IS 'What had to lie on the account.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.bank_balance IS 'What bank or PSP reported; NULL: nothing.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.bank_day IS 'Day of that report.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.cash IS 'What the books said.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.transferred IS 'Own money transferred after the day, before the cut-off.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.due_from_own IS 'What the platform still owed at the cut-off.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.shortfall IS 'What was lacking; NULL without a report.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.own_money IS 'Money of the platform on the account.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.own_excess IS 'Of it, above fd.own_buffer.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.made_at IS 'When the proof was made.';
COMMENT ON COLUMN marketplace.safeguarding_proofs_overview.hash IS 'Its seal.';
