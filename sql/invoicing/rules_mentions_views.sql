-- Mentions that the law wants on an invoice, by date of issue, as data (rules/invoicing.md §5).
-- The paths are text until they are read: PostgreSQL writes some paths back in a way that it does not read again (unary methods of sums and products), and a
-- restored view must be the same.
CREATE OR REPLACE VIEW marketplace.invoice_mentions WITH (security_invoker = true) AS
SELECT rule, severity, ARRAY['extended-ctc-fr'] AS profiles, scope::jsonpath AS scope, term, applies::jsonpath AS applies, condition::jsonpath AS condition, message, found::jsonpath AS found, source, valid_from, valid_until
FROM (VALUES
	('FR-242NA-2', 'fatal', '$'::text, 'seller.vat_id'::text, '$.totals.tax_exclusive > 150 && !exists($.vat[*] ? (@.exemption_code == "VATEX-FR-FRANCHISE"))'::text,
		'exists($.seller.vat_id)'::text, 'The seller''s VAT number stands on the invoice.', NULL::text, 'CGI ann. II art. 242 nonies A, I 2°; exception: 150 EUR, franchise', NULL::date, NULL::date),
	('FR-242NA-4', 'fatal', '$', 'buyer.vat_id', 'exists($.vat[*] ? (@.category == "K" || @.category == "AE"))',
		'exists($.buyer.vat_id)', 'Where the buyer owes the VAT, or goods go to another member state, its VAT number stands on the invoice.', NULL, 'CGI ann. II art. 242 nonies A, I 3°, 4°', NULL, NULL),
	('FR-242NA-7BIS', 'warning', '$', 'delivery.address', '$.business_process like_regex "^[BM]"',
		'exists($.delivery.address)', 'Where goods are delivered, if not at the address of the buyer.', NULL, 'CGI ann. II art. 242 nonies A, I 7° bis', '2027-09-01', NULL),
	('FR-242NA-8BIS', 'fatal', '$', 'business_process', NULL,
		'$.business_process like_regex "^[BSM]"', 'Whether it is about goods, services or both (first letter of BT-23).', '$.business_process', 'CGI ann. II art. 242 nonies A, I 8° bis', '2026-09-01', NULL),
	('FR-242NA-10', 'warning', '$', 'delivery.date', NULL,
		'exists($.delivery.date) || exists($.period) || !exists($.lines[*] ? (!exists(@.period)))', 'The day or period of supply, if not that of issue.', NULL, 'CGI ann. II art. 242 nonies A, I 10°', NULL, NULL),
	('FR-242NA-12', 'fatal', '$.vat[*] ? (@.category == "E")', 'exemption_code', '$.totals.tax_exclusive > 150',
		'exists($.exemption_code)', 'An exemption names the provision of law (BT-121).', NULL, 'CGI ann. II art. 242 nonies A, I 12°', NULL, NULL),
	('FR-242NA-13', 'fatal', '$', 'notes', 'exists($.vat[*] ? (@.category == "AE"))',
		'exists($.notes[*] ? (@.text like_regex "utoliquidation")) || exists($.vat[*] ? (@.reason like_regex "utoliquidation"))', 'Where the buyer owes the VAT: the words « Autoliquidation ».', NULL, 'CGI ann. II art. 242 nonies A, I 13°', NULL, NULL),
	('FR-242NA-14', 'fatal', '$', 'notes', '$.type_code like_regex "^(389|501|500|471|473|261|502)$"',
		'exists($.notes[*] ? (@.text like_regex "utofacturation"))', 'Where the customer issues it: the words « Autofacturation ».', NULL, 'CGI ann. II art. 242 nonies A, I 14°', NULL, NULL),
	('IV-12', 'fatal', '$', 'notes', 'exists($.mandatary)',
		'exists($.notes[*] ? (@.subject_code == "DCL"))', 'An invoice issued on behalf says who issued it for whom (note DCL).', NULL, 'CGI 289-I-2; BOI-TVA-DECLA-30-20-10', NULL, NULL),
	('IV-12', 'fatal', '$', 'type_code', 'exists($.mandatary)',
		'!($.type_code like_regex "^(389|261)$") && !exists($.notes[*] ? (@.text like_regex "utofacturation"))', 'An invoice issued on behalf by a third party is not self-billed.', '$.type_code', 'CGI 289-I-2; BOI-TVA-DECLA-30-20-10', NULL, NULL),
	('FR-L441-9', 'fatal', '$', 'due_date', '$.credit_note == false',
		'exists($.due_date) || exists($.payment_terms)', 'When payment is due.', NULL, 'C. com. L441-9', NULL, NULL),
	('FR-L441-10', 'fatal', '$', 'due_date', 'exists($.due_days) && $.credit_note == false',
		'$.due_days <= 60 || ($.payment_terms like_regex "45 jours fin de mois" && $.due_days <= 76)', 'Payment is due within 60 days of the invoice, or 45 days end of month where agreed.', '$.due_date', 'C. com. L441-10; RD-41', NULL, NULL)
) AS rows (rule, severity, scope, term, applies, condition, message, found, source, valid_from, valid_until);
COMMENT ON VIEW marketplace.invoice_mentions IS 'Mandatory mentions of French invoices, by date of issue. IV-31 to IV-43.';
COMMENT ON COLUMN marketplace.invoice_mentions.rule IS 'Rule, as its standard numbers it.';
COMMENT ON COLUMN marketplace.invoice_mentions.severity IS 'fatal: the document must not be issued; warning.';
COMMENT ON COLUMN marketplace.invoice_mentions.profiles IS 'Profiles that it belongs to; NULL: all.';
COMMENT ON COLUMN marketplace.invoice_mentions.scope IS 'What it looks at: each item that this path selects of the facts.';
COMMENT ON COLUMN marketplace.invoice_mentions.term IS 'Term of the item that is to be mended; NULL: the item itself.';
COMMENT ON COLUMN marketplace.invoice_mentions.applies IS 'When it applies at all, asked of the document; NULL: always.';
COMMENT ON COLUMN marketplace.invoice_mentions.condition IS 'What must be true of each item ($); $doc is the document.';
COMMENT ON COLUMN marketplace.invoice_mentions.message IS 'What is wrong where it is not.';
COMMENT ON COLUMN marketplace.invoice_mentions.found IS 'Values to show with the message; NULL: none.';
COMMENT ON COLUMN marketplace.invoice_mentions.source IS 'Standard or law that it comes from.';
COMMENT ON COLUMN marketplace.invoice_mentions.valid_from IS 'First date of issue that it holds for; NULL: ever.';
COMMENT ON COLUMN marketplace.invoice_mentions.valid_until IS 'First date of issue that it does not hold for any more; NULL: open.';
