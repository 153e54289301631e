CREATE OR REPLACE VIEW marketplace.lifecycle_funds_payout WITH (security_invoker = true) AS
SELECT machine, from_state, event, to_state, capacities, description
FROM (VALUES
	('payout', NULL, 'freeze', 'planned', ARRAY['operator', 'system'], 'Frozen by a run. FD-P10.'),
	('payout', 'planned', 'approve', 'approved', ARRAY['operator', 'system'], 'By a second person; by itself up to fd.four_eyes_amount. FD-54.'),
	('payout', 'planned', 'drop', 'dropped', ARRAY['operator', 'system'], 'Taken back before it was sent. FD-P12.'),
	('payout', 'approved', 'drop', 'dropped', ARRAY['operator', 'system'], 'Taken back before it was sent. FD-P12.'),
	('payout', 'approved', 'send', 'sent', ARRAY['operator', 'system'], 'Handed to the PSP with its idempotency key. FD-80.'),
	('payout', 'sent', 'lose_track', 'unknown', ARRAY['operator', 'system'], 'No answer: it may have been executed; nothing like it is sent.'),
	('payout', 'accepted', 'lose_track', 'unknown', ARRAY['operator', 'system'], 'No outcome: it may have been executed; nothing like it is sent.'),
	('payout', 'sent', 'acknowledge', 'accepted', ARRAY['operator', 'system'], 'The PSP has it.'),
	('payout', 'unknown', 'acknowledge', 'accepted', ARRAY['operator', 'system'], 'Evidence shows that the PSP has it. FD-81.'),
	('payout', 'sent', 'confirm', 'paid', ARRAY['operator', 'system'], 'Executed. FD-P11.'),
	('payout', 'accepted', 'confirm', 'paid', ARRAY['operator', 'system'], 'Executed. FD-P11.'),
	('payout', 'unknown', 'confirm', 'paid', ARRAY['operator', 'system'], 'Evidence shows that it was executed. FD-P11, FD-81.'),
	('payout', 'sent', 'fail', 'rejected', ARRAY['operator', 'system'], 'Refused; certainly not executed. FD-P12.'),
	('payout', 'accepted', 'fail', 'rejected', ARRAY['operator', 'system'], 'Refused; certainly not executed. FD-P12.'),
	('payout', 'unknown', 'fail', 'rejected', ARRAY['operator', 'system'], 'Evidence shows that it was not executed. FD-P12, FD-81.'),
	('payout', 'sent', 'cancel', 'cancelled', ARRAY['operator', 'system'], 'The PSP has stopped it as we asked. FD-65, FD-P12.'),
	('payout', 'accepted', 'cancel', 'cancelled', ARRAY['operator', 'system'], 'The PSP has stopped it as we asked. FD-65, FD-P12.'),
	('payout', 'unknown', 'cancel', 'cancelled', ARRAY['operator', 'system'], 'The PSP has stopped it as we asked. FD-65, FD-P12.'),
	('payout', 'paid', 'return', 'returned', ARRAY['operator', 'system'], 'The money came back. FD-P13.'),
	('payout', 'paid', 'recall', 'recall_pending', ARRAY['operator', 'system'], 'We ask the payee''s bank to give it back.'),
	('payout', 'recall_pending', 'return', 'returned', ARRAY['operator', 'system'], 'It came back. FD-P13.'),
	('payout', 'recall_pending', 'keep', 'paid', ARRAY['operator', 'system'], 'The recall was refused: it stays paid. RD-79.'),
	('sweep', NULL, 'post', 'posted', ARRAY['operator', 'system'], 'Decided and posted. FD-P09.'),
	('sweep', NULL, 'request', 'requested', ARRAY['operator', 'system'], 'No mandate covers it: the PSP is asked. FD-51.'),
	('sweep', 'requested', 'post', 'posted', ARRAY['operator', 'system'], 'The PSP has executed it. FD-P09.'),
	('sweep', 'requested', 'reverse', 'reversed', ARRAY['operator', 'system'], 'The PSP did not: nothing was posted.'),
	('sweep', 'posted', 'execute', 'executed', ARRAY['operator', 'system'], 'The PSP has transferred it.'),
	('sweep', 'posted', 'reverse', 'reversed', ARRAY['operator', 'system'], 'The PSP has refused it: posted back.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_funds_payout IS 'State machines of payouts and sweeps (funds rule book §7).';
COMMENT ON COLUMN marketplace.lifecycle_funds_payout.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_funds_payout.from_state IS 'State before; NULL for creation.';
COMMENT ON COLUMN marketplace.lifecycle_funds_payout.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_funds_payout.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_funds_payout.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_funds_payout.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.policy_registry_funds_payout (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.min_payout', 'numeric', '0.01'::jsonb,
		'Least amount of a payout in units of its currency; less carries over', 'FD-57', true),
	('fd.payout_schedule', 'text', '"daily"',
		'On which days tick() runs payouts: daily, weekly:mon, monthly:1,11,21 (a day that a month lacks is its last), manual', 'FD-59', true),
	('fd.cut_off', 'text', '"10:30"',
		'Local time of the marketplace until which the bank executes what it is given on the same day', 'FD-59; Lemonway bank file', true),
	('fd.four_eyes_amount', 'numeric', '10000.00',
		'Payouts above it, in units of their currency, need the approval of a second person', 'FD-54', false),
	('fd.payout_kyc', 'choice(recorded, required)', '"recorded"',
		'Who is paid: every seller but those of whom the PSP has said something else than that their identification is valid (recorded), or only those of whom it has said so (required). FD-57 read '
		'strictly wants required: set it as soon as the PSP''s answers are recorded with kyc_set(); until then it would pay nobody. Looked at by the run and again when a payout is sent', 'FD-57', false),
	('fd.payee_verification', 'choice(recorded, required)', '"recorded"',
		'Which bank accounts are paid: all verified ones but those whose verification of payee did not match (recorded), or only those that matched or were accepted with a reason (required). FD-60 wants '
		'required where the bank verifies payees; looked at by the run and again when a payout is sent', 'FD-60', false);
COMMENT ON VIEW marketplace.policy_registry_funds_payout IS 'Policy parameters of payouts (funds rule book §13).';
COMMENT ON COLUMN marketplace.policy_registry_funds_payout.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_funds_payout.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_funds_payout.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_funds_payout.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_funds_payout.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_funds_payout.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';

CREATE OR REPLACE VIEW marketplace.payout_register WITH (security_invoker = true) AS
SELECT p.marketplace_id,
	   p.id AS payout_id,
	   p.batch_id,
	   b.slot,
	   p.seller_id,
	   s.name AS seller,
	   k.iban,
	   p.state::text AS state,
	   marketplace.amount_value(p.amount) AS amount,
	   marketplace.currency(p.amount)::text AS currency,
	   i.items,
	   p.execution_date,
	   p.created_at,
	   p.sent_at,
	   p.ended_at,
	   n.idempotency_key,
	   n.evidence,
	   r.reason_code AS return_reason,
	   r.returned_at
  FROM marketplace.payouts p
  JOIN marketplace.payout_batches b ON b.marketplace_id = p.marketplace_id AND b.id = p.batch_id
  JOIN marketplace.parties s ON s.marketplace_id = p.marketplace_id AND s.id = p.seller_id
  JOIN marketplace.bank_accounts k ON k.marketplace_id = p.marketplace_id AND k.id = p.bank_account_id
 CROSS JOIN LATERAL (SELECT count(*) AS items FROM marketplace.payout_items i
					  WHERE i.marketplace_id = p.marketplace_id AND i.payout_id = p.id) i
  LEFT JOIN marketplace.instructions n ON n.marketplace_id = p.marketplace_id AND n.object = 'payout' AND n.object_id = p.id AND n.kind = 'payout'
  LEFT JOIN marketplace.payout_returns r ON r.marketplace_id = p.marketplace_id AND r.payout_id = p.id;
COMMENT ON VIEW marketplace.payout_register IS
'Every payout with run, payee, bank account, instruction and return, for finance and auditors; payout_statement() says what one is made of.';
COMMENT ON COLUMN marketplace.payout_register.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payout_register.payout_id IS 'Number of the payout.';
COMMENT ON COLUMN marketplace.payout_register.batch_id IS 'Run that made it.';
COMMENT ON COLUMN marketplace.payout_register.slot IS 'Key of the run; NULL: none.';
COMMENT ON COLUMN marketplace.payout_register.seller_id IS 'Seller that is paid.';
COMMENT ON COLUMN marketplace.payout_register.seller IS 'Its name.';
COMMENT ON COLUMN marketplace.payout_register.iban IS 'Bank account that is paid.';
COMMENT ON COLUMN marketplace.payout_register.state IS 'See marketplace.lifecycle, machine payout.';
COMMENT ON COLUMN marketplace.payout_register.amount IS 'What is paid.';
COMMENT ON COLUMN marketplace.payout_register.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.payout_register.items IS 'Shares of order lines that it is made of.';
COMMENT ON COLUMN marketplace.payout_register.execution_date IS 'Day on which the bank is asked to execute it.';
COMMENT ON COLUMN marketplace.payout_register.created_at IS 'When it was frozen.';
COMMENT ON COLUMN marketplace.payout_register.sent_at IS 'When it was handed to the PSP; NULL before.';
COMMENT ON COLUMN marketplace.payout_register.ended_at IS 'When it was paid, rejected, cancelled or dropped; NULL before.';
COMMENT ON COLUMN marketplace.payout_register.idempotency_key IS 'Key that is sent with every attempt; operators and auditors see it.';
COMMENT ON COLUMN marketplace.payout_register.evidence IS 'What proves its outcome; operators and auditors see it.';
COMMENT ON COLUMN marketplace.payout_register.return_reason IS 'Why it came back (ISO 20022); NULL: it did not.';
COMMENT ON COLUMN marketplace.payout_register.returned_at IS 'When it came back.';

CREATE OR REPLACE VIEW marketplace.sweep_register WITH (security_invoker = true) AS
SELECT s.marketplace_id,
	   s.id AS sweep_id,
	   s.day,
	   s.state::text AS state,
	   marketplace.amount_value(s.commission) AS commission,
	   marketplace.amount_value(s.due) AS due,
	   s.currency::text AS currency,
	   s.actor,
	   s.created_at,
	   s.ended_at
  FROM marketplace.commission_sweeps s;
COMMENT ON VIEW marketplace.sweep_register IS 'Transfers of what is due to the platform from the client account to its own (FD-P09). Operators and auditors see them.';
COMMENT ON COLUMN marketplace.sweep_register.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.sweep_register.sweep_id IS 'Number of the sweep.';
COMMENT ON COLUMN marketplace.sweep_register.day IS 'Local day that it is the sweep of.';
COMMENT ON COLUMN marketplace.sweep_register.state IS 'See marketplace.lifecycle, machine sweep.';
COMMENT ON COLUMN marketplace.sweep_register.commission IS 'Commission and its VAT.';
COMMENT ON COLUMN marketplace.sweep_register.due IS 'Repaid debts and fees.';
COMMENT ON COLUMN marketplace.sweep_register.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.sweep_register.actor IS 'Who ran it.';
COMMENT ON COLUMN marketplace.sweep_register.created_at IS 'When.';
COMMENT ON COLUMN marketplace.sweep_register.ended_at IS 'When the PSP executed or refused it.';
