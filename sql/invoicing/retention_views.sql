-- How long issued documents are kept, and by which law, as dated rows (rules/invoicing.md IV-77).

CREATE OR REPLACE VIEW marketplace.retention_rules (class, years, counted_from, form, source, valid_from, valid_until, verified)
WITH (security_invoker = true) AS
VALUES
	('tax', 6, 'date of issue', 'as issued: structured data in their original format', 'LPF L102 B; CGI 286, I 3°', NULL::date, NULL::date, true),
	('commercial', 10, 'end of the year of issue', 'as issued, with what proves its place in the series', 'C. com. L123-22', NULL, NULL, true);
COMMENT ON VIEW marketplace.retention_rules IS 'Classes of retention of issued documents and of what supports them. Nothing is deleted by this extension: rows are for archiving.';
COMMENT ON COLUMN marketplace.retention_rules.class IS 'Name of the class.';
COMMENT ON COLUMN marketplace.retention_rules.years IS 'How many years.';
COMMENT ON COLUMN marketplace.retention_rules.counted_from IS 'From when.';
COMMENT ON COLUMN marketplace.retention_rules.form IS 'In which form.';
COMMENT ON COLUMN marketplace.retention_rules.source IS 'Law that asks for it.';
COMMENT ON COLUMN marketplace.retention_rules.valid_from IS 'First date of issue that it holds for; NULL: ever.';
COMMENT ON COLUMN marketplace.retention_rules.valid_until IS 'First date of issue that it does not hold for any more; NULL: open.';
COMMENT ON COLUMN marketplace.retention_rules.verified IS 'Whether it was confirmed by a public source.';

CREATE OR REPLACE VIEW marketplace.invoice_retention WITH (security_invoker = true) AS
SELECT i.marketplace_id, i.id AS invoice_id, i.number, i.kind::text AS kind, i.type_code, i.issue_date, r.class, r.source,
	(CASE WHEN r.counted_from = 'date of issue' THEN i.issue_date
		ELSE (pg_catalog.date_trunc('year', i.issue_date::timestamp) + '1 year'::interval - '1 day'::interval)::date END
		+ pg_catalog.make_interval(years => r.years))::date AS keep_until,
	pg_catalog.encode(i.hash, 'hex') AS sha256, i.issuer_id, i.buyer_id
FROM marketplace.invoices i
JOIN marketplace.retention_rules r ON COALESCE(i.issue_date >= r.valid_from, true) AND COALESCE(i.issue_date < r.valid_until, true);
COMMENT ON VIEW marketplace.invoice_retention IS 'Until when each document is kept, by class and law; the later date counts.';
COMMENT ON COLUMN marketplace.invoice_retention.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.invoice_retention.invoice_id IS 'Document.';
COMMENT ON COLUMN marketplace.invoice_retention.number IS 'Its legal number.';
COMMENT ON COLUMN marketplace.invoice_retention.kind IS 'Its kind.';
COMMENT ON COLUMN marketplace.invoice_retention.type_code IS 'Its type, UNTDID 1001.';
COMMENT ON COLUMN marketplace.invoice_retention.issue_date IS 'Date of issue.';
COMMENT ON COLUMN marketplace.invoice_retention.class IS 'Class of retention.';
COMMENT ON COLUMN marketplace.invoice_retention.source IS 'Law that asks for it.';
COMMENT ON COLUMN marketplace.invoice_retention.keep_until IS 'Last day that it is kept.';
COMMENT ON COLUMN marketplace.invoice_retention.sha256 IS 'Its link in the hash chain, hexadecimal.';
COMMENT ON COLUMN marketplace.invoice_retention.issuer_id IS 'Issuer.';
COMMENT ON COLUMN marketplace.invoice_retention.buyer_id IS 'Party that is invoiced.';
