CREATE OR REPLACE VIEW marketplace.lifecycle_funds_agent WITH (security_invoker = true) AS
SELECT machine, from_state, event, to_state, capacities, description
FROM (VALUES
	('psp_request', NULL, 'request', 'requested', ARRAY['operator', 'seller', 'buyer', 'carrier', 'system'], 'No mandate covers it: the PSP is asked, the money is reserved. FD-51.'),
	('psp_request', 'requested', 'accept', 'accepted', ARRAY['operator', 'system'], 'The PSP will carry it out.'),
	('psp_request', 'requested', 'execute', 'executed', ARRAY['operator', 'system'], 'The PSP has carried it out: posted.'),
	('psp_request', 'accepted', 'execute', 'executed', ARRAY['operator', 'system'], 'The PSP has carried it out: posted.'),
	('psp_request', 'requested', 'refuse', 'refused', ARRAY['operator', 'system'], 'The PSP will not.'),
	('psp_request', 'accepted', 'fail', 'failed', ARRAY['operator', 'system'], 'The PSP could not.'),
	('psp_request', 'requested', 'expire', 'expired', ARRAY['operator', 'system'], 'No decision in time (policy fd.psp_request_ttl).')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_funds_agent IS 'State machine of requests to the PSP (FD-51).';
COMMENT ON COLUMN marketplace.lifecycle_funds_agent.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_funds_agent.from_state IS 'State before; NULL for creation.';
COMMENT ON COLUMN marketplace.lifecycle_funds_agent.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_funds_agent.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_funds_agent.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_funds_agent.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.policy_registry_funds_agent (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.psp_request_ttl', 'duration', '{"n": 10, "unit": "business_days"}'::jsonb,
		'Time that the PSP has to decide on a request before it expires', 'FD-51; no default in the rule book', false);
COMMENT ON VIEW marketplace.policy_registry_funds_agent IS 'Policy parameters of the agent mode (FD §6).';
COMMENT ON COLUMN marketplace.policy_registry_funds_agent.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_funds_agent.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_funds_agent.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_funds_agent.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_funds_agent.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_funds_agent.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';

CREATE OR REPLACE VIEW marketplace.agent_mandate_overview WITH (security_invoker = true) AS
SELECT m.marketplace_id,
	   m.id AS mandate_id,
	   m.psp_party_id,
	   m.register_number,
	   m.operations::text[] AS operations,
	   m.currencies,
	   m.valid_from,
	   LEAST(m.valid_until, m.ended_at) AS valid_until,
	   m.valid_from <= marketplace.clock() AND COALESCE(m.valid_until > marketplace.clock(), true) AND m.ended_at IS NULL AS in_force,
	   m.end_reason,
	   (SELECT jsonb_agg(jsonb_build_object('operation', l.operation, 'each', l.each_limit::text, 'day', l.day_limit::text) ORDER BY l.operation)
		  FROM marketplace.agent_limits l
		 WHERE l.marketplace_id = m.marketplace_id
		   AND l.mandate_id = m.id) AS limits
  FROM marketplace.agent_mandates m;
COMMENT ON VIEW marketplace.agent_mandate_overview IS 'What the platform may do with client money as agent of its PSP (FD-50). Operators and auditors.';
COMMENT ON COLUMN marketplace.agent_mandate_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.agent_mandate_overview.mandate_id IS 'Number of the mandate.';
COMMENT ON COLUMN marketplace.agent_mandate_overview.psp_party_id IS 'PSP that gave it; NULL: whoever is the marketplace''s PSP.';
COMMENT ON COLUMN marketplace.agent_mandate_overview.register_number IS 'Number in the register of agents.';
COMMENT ON COLUMN marketplace.agent_mandate_overview.operations IS 'What it allows.';
COMMENT ON COLUMN marketplace.agent_mandate_overview.currencies IS 'Currencies that it is for; NULL: all.';
COMMENT ON COLUMN marketplace.agent_mandate_overview.valid_from IS 'In force from then on.';
COMMENT ON COLUMN marketplace.agent_mandate_overview.valid_until IS 'In force before then; NULL: open.';
COMMENT ON COLUMN marketplace.agent_mandate_overview.in_force IS 'It is in force now.';
COMMENT ON COLUMN marketplace.agent_mandate_overview.end_reason IS 'Why it was ended early.';
COMMENT ON COLUMN marketplace.agent_mandate_overview.limits IS 'Its limits; NULL: none.';

CREATE OR REPLACE VIEW marketplace.psp_request_overview WITH (security_invoker = true) AS
SELECT r.marketplace_id,
	   r.id AS request_id,
	   r.operation::text AS operation,
	   r.state::text AS state,
	   r.state IN ('requested', 'accepted') AS open,
	   r.object,
	   r.object_id,
	   r.order_id,
	   r.seller_id,
	   marketplace.amount_value(r.amount) AS amount,
	   marketplace.currency(r.amount)::text AS currency,
	   r.hold_id,
	   r.psp_reference,
	   r.reason,
	   r.requested_at,
	   r.expires_at,
	   r.ended_at
  FROM marketplace.psp_requests r;
COMMENT ON VIEW marketplace.psp_request_overview IS 'What was asked of the PSP because no agent mandate covers it (FD-51). Sellers see what concerns them.';
COMMENT ON COLUMN marketplace.psp_request_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.psp_request_overview.request_id IS 'Number of the request, as psp_request_decide() takes it.';
COMMENT ON COLUMN marketplace.psp_request_overview.operation IS 'release, payout, refund, …';
COMMENT ON COLUMN marketplace.psp_request_overview.state IS 'See marketplace.lifecycle, machine psp_request.';
COMMENT ON COLUMN marketplace.psp_request_overview.open IS 'The PSP has not ended it.';
COMMENT ON COLUMN marketplace.psp_request_overview.object IS 'Kind of object.';
COMMENT ON COLUMN marketplace.psp_request_overview.object_id IS 'Its number.';
COMMENT ON COLUMN marketplace.psp_request_overview.order_id IS 'Order of the money.';
COMMENT ON COLUMN marketplace.psp_request_overview.seller_id IS 'Seller that it concerns.';
COMMENT ON COLUMN marketplace.psp_request_overview.amount IS 'How much is to move.';
COMMENT ON COLUMN marketplace.psp_request_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.psp_request_overview.hold_id IS 'Hold that reserves the money.';
COMMENT ON COLUMN marketplace.psp_request_overview.psp_reference IS 'The PSP''s decision.';
COMMENT ON COLUMN marketplace.psp_request_overview.reason IS 'Why it was refused, failed or expired.';
COMMENT ON COLUMN marketplace.psp_request_overview.requested_at IS 'When it was asked for.';
COMMENT ON COLUMN marketplace.psp_request_overview.expires_at IS 'It expires from then on.';
COMMENT ON COLUMN marketplace.psp_request_overview.ended_at IS 'When it ended.';

CREATE OR REPLACE VIEW marketplace.movement_authority WITH (security_invoker = true) AS
SELECT t.marketplace_id,
	   t.posting_id,
	   t.cause AS event_id,
	   e.type AS event_type,
	   t.reasons,
	   CASE WHEN e.payload ? 'psp_request_id' OR i.payload ? 'psp_request_id' THEN 'psp_decision'
			WHEN e.payload ? 'mandate_id' OR i.payload ? 'mandate_id' THEN 'mandate'
			WHEN t.outside THEN 'psp_fact'
			ELSE 'books' END AS authority,
	   COALESCE(e.payload ->> 'mandate_id', i.payload ->> 'mandate_id')::bigint AS mandate_id,
	   COALESCE(e.payload ->> 'psp_request_id', i.payload ->> 'psp_request_id')::bigint AS psp_request_id,
	   t.recorded_at
  FROM (SELECT f.marketplace_id,
			   f.posting_id,
			   f.cause,
			   array_agg(DISTINCT f.reason ORDER BY f.reason) AS reasons,
			   bool_or(d.kind IN ('c_cash', 'c_psp_clearing') OR c.kind IN ('c_cash', 'c_psp_clearing')) AS outside,
			   min(f.recorded_at) AS recorded_at
		  FROM marketplace.transfers f
		  JOIN marketplace.accounts d ON d.marketplace_id = f.marketplace_id AND d.id = f.debit_account
		  JOIN marketplace.accounts c ON c.marketplace_id = f.marketplace_id AND c.id = f.credit_account
		 WHERE d.kind LIKE 'c\_%'
		 GROUP BY f.marketplace_id, f.posting_id, f.cause) t
  JOIN marketplace.events e ON e.marketplace_id = t.marketplace_id AND e.id = t.cause
  LEFT JOIN LATERAL (
	SELECT n.payload
	  FROM marketplace.instructions n
	 WHERE n.marketplace_id = t.marketplace_id
	   AND n.object = CASE WHEN e.payload ? 'payout_id' THEN 'payout' WHEN e.payload ? 'refund_id' THEN 'refund' END
	   AND n.object_id = COALESCE(e.payload ->> 'payout_id', e.payload ->> 'refund_id')::bigint
	 ORDER BY n.id DESC
	 LIMIT 1) i ON true;
COMMENT ON VIEW marketplace.movement_authority IS
'By what right each movement of client money was made (FD-50): a mandate of the PSP, a decision of the PSP on a request, or a fact that the PSP or the bank reported. Operators and auditors.';
COMMENT ON COLUMN marketplace.movement_authority.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.movement_authority.posting_id IS 'The posting.';
COMMENT ON COLUMN marketplace.movement_authority.event_id IS 'Event that explains it.';
COMMENT ON COLUMN marketplace.movement_authority.event_type IS 'Its type.';
COMMENT ON COLUMN marketplace.movement_authority.reasons IS 'Posting rules of its transfers.';
COMMENT ON COLUMN marketplace.movement_authority.authority IS
'mandate, psp_decision, psp_fact (money came or went at the PSP: captured, settled, paid, returned), or books (between accounts of the same holder, which moves nothing at the PSP).';
COMMENT ON COLUMN marketplace.movement_authority.mandate_id IS 'Mandate that covered it.';
COMMENT ON COLUMN marketplace.movement_authority.psp_request_id IS 'Request that the PSP decided on.';
COMMENT ON COLUMN marketplace.movement_authority.recorded_at IS 'When it was recorded.';
