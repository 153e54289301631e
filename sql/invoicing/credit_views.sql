CREATE OR REPLACE VIEW marketplace.policy_registry_invoicing_credit (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('iv.credit_series', 'choice(own, same)', '"own"'::jsonb,
		'Whether credit notes have a series of their own or are numbered with the invoices', 'IV-19', false),
	('iv.credit_pattern', 'text', '"{root}-{siren}-{yyyy}-A{n:5}"', 'How numbers of credit notes of a series of their own are printed', 'IV-18, IV-19', true),
	('iv.commission_credit_pattern', 'text', '"{root}C-{siren}-{yyyy}-A{n:5}"', 'How numbers of commission credit notes are printed', 'IV-18, IV-72', true),
	('iv.credit_mandate_note', 'text', '"Avoir établi par {mandatary} au nom et pour le compte de {mandator}"',
		'Note DCL of a credit note issued on behalf', 'IV-12; BOI-TVA-DECLA-30-20-10', true),
	('iv.credit_unit', 'text', '"Avoir {number} de {seller}"', 'Title of a credit note''s group of lines in an envelope', 'IV-50', true),
	('iv.withheld_reason', 'text', '"Décote"', 'Reason of a credited line''s allowance: what is not given back of units in a worse state', 'LG-49', true);
COMMENT ON VIEW marketplace.policy_registry_invoicing_credit IS 'Policy parameters of credit notes (invoicing.md, section 9).';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_credit.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_credit.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_credit.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_credit.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_credit.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_credit.verified IS 'True when the default was confirmed by a public source.';

CREATE OR REPLACE VIEW marketplace.credit_note_register WITH (security_invoker = true) AS
SELECT i.marketplace_id, i.id AS invoice_id, i.kind::text AS kind, i.number, i.issue_date, i.issuer_id, i.seller ->> 'name' AS issuer_name, i.order_id, i.seller_order_id,
	i.trigger::text AS cause, i.transmit, c.id AS corrects_id, c.number AS corrects_number, i.currency::text AS currency,
	marketplace.amount_value(i.net) AS net, marketplace.amount_value(i.vat) AS vat, marketplace.amount_value(i.gross) AS gross,
	marketplace.amount_value(c.gross - x.gross) AS left_of_corrected
FROM marketplace.invoices i
JOIN marketplace.invoices c ON c.marketplace_id = i.marketplace_id AND c.id = i.corrects_id
JOIN LATERAL (SELECT marketplace.sum(o.gross) AS gross FROM marketplace.invoices o WHERE o.marketplace_id = i.marketplace_id AND o.corrects_id = c.id AND o.sign = -1) AS x ON true
WHERE i.sign = -1 AND i.kind <> 'envelope';
COMMENT ON VIEW marketplace.credit_note_register IS 'Credit notes and what each corrects; each party sees its own. IV-64 to IV-67.';
COMMENT ON COLUMN marketplace.credit_note_register.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.credit_note_register.invoice_id IS 'Credit note, for invoice_document().';
COMMENT ON COLUMN marketplace.credit_note_register.kind IS 'unit or commission.';
COMMENT ON COLUMN marketplace.credit_note_register.number IS 'Legal number.';
COMMENT ON COLUMN marketplace.credit_note_register.issue_date IS 'Date of issue.';
COMMENT ON COLUMN marketplace.credit_note_register.issuer_id IS 'Party in whose name it was issued.';
COMMENT ON COLUMN marketplace.credit_note_register.issuer_name IS 'Its name as of issue.';
COMMENT ON COLUMN marketplace.credit_note_register.order_id IS 'Order; NULL for commission.';
COMMENT ON COLUMN marketplace.credit_note_register.seller_order_id IS 'Seller order; NULL for commission.';
COMMENT ON COLUMN marketplace.credit_note_register.cause IS 'Why: cancellation, return, refund, price, correction, reversal.';
COMMENT ON COLUMN marketplace.credit_note_register.transmit IS 'False: internal, not sent to the platform.';
COMMENT ON COLUMN marketplace.credit_note_register.corrects_id IS 'Document that it corrects.';
COMMENT ON COLUMN marketplace.credit_note_register.corrects_number IS 'Its number.';
COMMENT ON COLUMN marketplace.credit_note_register.currency IS 'Currency of the amounts.';
COMMENT ON COLUMN marketplace.credit_note_register.net IS 'Credited without VAT.';
COMMENT ON COLUMN marketplace.credit_note_register.vat IS 'VAT credited.';
COMMENT ON COLUMN marketplace.credit_note_register.gross IS 'Credited with VAT.';
COMMENT ON COLUMN marketplace.credit_note_register.left_of_corrected IS 'What all its credit notes leave of the corrected document, with VAT.';

CREATE OR REPLACE VIEW marketplace.credits_due WITH (security_invoker = true) AS
SELECT c.marketplace_id, c.id AS claim_id, c.order_id, c.seller_order_id, c.seller_id, c.buyer_id, c.order_line_id, c.cause::text AS cause, c.event_id,
	c.units_left, marketplace.amount_value(c.amount_left) AS amount_left, c.obstacle, c.detail, c.recorded_at AS since
FROM marketplace.credit_claims c
WHERE c.units_left > 0 OR c.obstacle IS NOT NULL;
COMMENT ON VIEW marketplace.credits_due IS
'What is to be credited and could not be: mend the cause, then credit_note_issue(). not_invoiced: it is credited by itself once the line is invoiced; no_value: the units are not worth a minor unit and go with the next credit note.';
COMMENT ON COLUMN marketplace.credits_due.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.credits_due.claim_id IS 'Claim.';
COMMENT ON COLUMN marketplace.credits_due.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.credits_due.seller_order_id IS 'Seller order.';
COMMENT ON COLUMN marketplace.credits_due.seller_id IS 'Seller.';
COMMENT ON COLUMN marketplace.credits_due.buyer_id IS 'Buyer.';
COMMENT ON COLUMN marketplace.credits_due.order_line_id IS 'Order line.';
COMMENT ON COLUMN marketplace.credits_due.cause IS 'Why it is to be credited.';
COMMENT ON COLUMN marketplace.credits_due.event_id IS 'Fact, an event of the outbox.';
COMMENT ON COLUMN marketplace.credits_due.units_left IS 'Units not credited yet.';
COMMENT ON COLUMN marketplace.credits_due.amount_left IS 'Amount not credited yet.';
COMMENT ON COLUMN marketplace.credits_due.obstacle IS 'What stops it: not_invoiced, no_value, no_mandate, no_identifier, violation.';
COMMENT ON COLUMN marketplace.credits_due.detail IS 'The first rule that the credit note would break.';
COMMENT ON COLUMN marketplace.credits_due.since IS 'Since when.';
