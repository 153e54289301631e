CREATE OR REPLACE VIEW marketplace.lifecycle_kernel_approval WITH (security_invoker = true) AS
SELECT machine, from_state, event, to_state, capacities, description
FROM (VALUES
	('approval', NULL, 'request', 'requested', ARRAY['operator', 'seller', 'buyer', 'system'], 'One person wants to do something.'),
	('approval', 'requested', 'give', 'given', ARRAY['operator'], 'A second person approves exactly that.'),
	('approval', 'requested', 'refuse', 'refused', ARRAY['operator'], 'Refused, or withdrawn.'),
	('approval', 'given', 'refuse', 'refused', ARRAY['operator'], 'Taken back before it was used.'),
	('approval', 'given', 'use', 'used', ARRAY['operator', 'system'], 'What was approved is done.'),
	('approval', 'requested', 'supersede', 'superseded', ARRAY['operator', 'seller', 'buyer', 'system'], 'Other content, or a new request after its time.'),
	('approval', 'given', 'supersede', 'superseded', ARRAY['operator', 'seller', 'buyer', 'system'], 'Other content, or a new request after its time.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_kernel_approval IS 'State machine of approvals (FD-54).';
COMMENT ON COLUMN marketplace.lifecycle_kernel_approval.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_kernel_approval.from_state IS 'State before; null for creation.';
COMMENT ON COLUMN marketplace.lifecycle_kernel_approval.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_kernel_approval.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_kernel_approval.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_kernel_approval.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.policy_registry_kernel_approval (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.approval_ttl', 'duration', '{"n": 24, "unit": "hours"}'::jsonb,
		'How long a request for approval may be answered, and an approval used after it was given', 'FD-54', false);
COMMENT ON VIEW marketplace.policy_registry_kernel_approval IS 'Policy parameters of approvals (funds rule book §13).';
COMMENT ON COLUMN marketplace.policy_registry_kernel_approval.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_kernel_approval.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_kernel_approval.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_kernel_approval.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_kernel_approval.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_kernel_approval.verified IS 'True when the default was confirmed by a public source.';

CREATE OR REPLACE VIEW marketplace.approvals WITH (security_invoker = true) AS
SELECT a.marketplace_id,
	   a.id AS approval_id,
	   a.kind,
	   a.object_id,
	   a.state::text AS state,
	   a.state IN ('requested', 'given') AND a.expires_at > marketplace.clock() AS open,
	   a.content,
	   a.content_hash,
	   marketplace.amount_value(a.amount) AS amount,
	   marketplace.currency(a.amount)::text AS currency,
	   a.reason,
	   a.requester,
	   a.requested_at,
	   a.decided_by,
	   a.decided_at,
	   a.answer,
	   a.expires_at
  FROM marketplace.approval_requests a;
COMMENT ON VIEW marketplace.approvals IS
'Requests for approval by a second person, and their answers (FD-54). Those to answer are requested and open. Operators and auditors see them.';
COMMENT ON COLUMN marketplace.approvals.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.approvals.approval_id IS 'Number of the request.';
COMMENT ON COLUMN marketplace.approvals.kind IS 'What is to be done: payout, ….';
COMMENT ON COLUMN marketplace.approvals.object_id IS 'Number of the object that it is done to.';
COMMENT ON COLUMN marketplace.approvals.state IS 'requested, given, refused, used, or superseded by a newer request.';
COMMENT ON COLUMN marketplace.approvals.open IS 'It waits for an answer or for its use, and its time is not over.';
COMMENT ON COLUMN marketplace.approvals.content IS 'What is to be approved, complete.';
COMMENT ON COLUMN marketplace.approvals.content_hash IS 'What approval_give() has to name.';
COMMENT ON COLUMN marketplace.approvals.amount IS 'The money that it is about; NULL: none.';
COMMENT ON COLUMN marketplace.approvals.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.approvals.reason IS 'Why it is asked for.';
COMMENT ON COLUMN marketplace.approvals.requester IS 'The person who asks.';
COMMENT ON COLUMN marketplace.approvals.requested_at IS 'When it was asked for.';
COMMENT ON COLUMN marketplace.approvals.decided_by IS 'The person who answered.';
COMMENT ON COLUMN marketplace.approvals.decided_at IS 'When it was answered.';
COMMENT ON COLUMN marketplace.approvals.answer IS 'Why it was refused.';
COMMENT ON COLUMN marketplace.approvals.expires_at IS 'Until then it may be answered, and once it was given, used.';
