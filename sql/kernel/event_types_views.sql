CREATE OR REPLACE VIEW marketplace.event_types_kernel (type, flow, aggregate, schema_version, payload, description) WITH (security_invoker = true) AS
VALUES
	('approval.requested', 'operations', 'approval', 1::smallint, '{"approval_id": "the approval", "kind": "its kind", "object_id": "the object", "content_hash": "hash of the content", "reason": "why"}'::jsonb,
		'A second person is asked, agrees or refuses'),
	('approval.given', 'operations', 'approval', 1, '{"approval_id": "the approval", "kind": "its kind", "object_id": "the object", "content_hash": "hash of the content", "reason": "why"}',
		'A second person is asked, agrees or refuses'),
	('approval.refused', 'operations', 'approval', 1, '{"approval_id": "the approval", "kind": "its kind", "object_id": "the object", "content_hash": "hash of the content", "reason": "why"}',
		'A second person is asked, agrees or refuses'),
	('instruction.planned', 'money', 'payout', 1, '{"instruction_id": "the instruction", "kind": "its kind", "object": "payout, refund, …", "object_id": "the object", "evidence": "what the other side said"}',
		'An instruction to PSP or bank moves on; aggregate: its object'),
	('instruction.sent', 'money', 'payout', 1, '{"instruction_id": "the instruction", "kind": "its kind", "object": "payout, refund, …", "object_id": "the object", "evidence": "what the other side said"}',
		'An instruction to PSP or bank moves on; aggregate: its object'),
	('instruction.acknowledged', 'money', 'payout', 1, '{"instruction_id": "the instruction", "kind": "its kind", "object": "payout, refund, …", "object_id": "the object", "evidence": "what the other side said"}',
		'An instruction to PSP or bank moves on; aggregate: its object'),
	('instruction.confirmed', 'money', 'payout', 1, '{"instruction_id": "the instruction", "kind": "its kind", "object": "payout, refund, …", "object_id": "the object", "evidence": "what the other side said"}',
		'An instruction to PSP or bank moves on; aggregate: its object'),
	('instruction.failed', 'money', 'payout', 1, '{"instruction_id": "the instruction", "kind": "its kind", "object": "payout, refund, …", "object_id": "the object", "evidence": "what the other side said"}',
		'An instruction to PSP or bank moves on; aggregate: its object'),
	('instruction.unknown', 'money', 'payout', 1, '{"instruction_id": "the instruction", "kind": "its kind", "object": "payout, refund, …", "object_id": "the object", "evidence": "what the other side said"}',
		'An instruction to PSP or bank moves on; aggregate: its object'),
	('instruction.cancelled', 'money', 'payout', 1, '{"instruction_id": "the instruction", "kind": "its kind", "object": "payout, refund, …", "object_id": "the object", "evidence": "what the other side said"}',
		'An instruction to PSP or bank moves on; aggregate: its object'),
	('ledger.posted', 'money', 'ledger', 1, '{"reason": "why", "note": "note", "transfers": "the legs"}',
		'A posting by hand');
COMMENT ON VIEW marketplace.event_types_kernel IS
'Types of events that the kernel writes to the outbox.';
COMMENT ON COLUMN marketplace.event_types_kernel.type IS 'noun.past_participle.';
COMMENT ON COLUMN marketplace.event_types_kernel.flow IS 'What it is part of: orders, shipments, receipts, returns, invoices, money, parties, operations.';
COMMENT ON COLUMN marketplace.event_types_kernel.aggregate IS 'Object whose sequence it is in, as a rule.';
COMMENT ON COLUMN marketplace.event_types_kernel.schema_version IS 'Version of the payload''s form; raised when a key changes its meaning or goes.';
COMMENT ON COLUMN marketplace.event_types_kernel.payload IS 'Keys and what they mean; NULL: not fixed, read what is there.';
COMMENT ON COLUMN marketplace.event_types_kernel.description IS 'What happened.';
