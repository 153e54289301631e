CREATE OR REPLACE VIEW marketplace.series_register WITH (security_invoker = true) AS
SELECT d.marketplace_id, d.id AS document_id, d.issuer_id, p.name AS issuer_name, d.kind, d.number, d.issue_date, d.series_id, d.n, d.content, d.recorded_at, d.recorded_by
FROM marketplace.numbered_documents d
LEFT JOIN marketplace.parties p ON p.marketplace_id = d.marketplace_id AND p.id = d.issuer_id;
COMMENT ON VIEW marketplace.series_register IS 'Documents that marketplace.series_issue() has numbered. Issuers see their own, operators and auditors all.';
COMMENT ON COLUMN marketplace.series_register.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.series_register.document_id IS 'Number of the row; no meaning.';
COMMENT ON COLUMN marketplace.series_register.issuer_id IS 'Party in whose name it is issued.';
COMMENT ON COLUMN marketplace.series_register.issuer_name IS 'Its name now.';
COMMENT ON COLUMN marketplace.series_register.kind IS 'Kind of document.';
COMMENT ON COLUMN marketplace.series_register.number IS 'The number as printed.';
COMMENT ON COLUMN marketplace.series_register.issue_date IS 'Date of issue.';
COMMENT ON COLUMN marketplace.series_register.series_id IS 'Series, see marketplace.series.';
COMMENT ON COLUMN marketplace.series_register.n IS 'Position in the series.';
COMMENT ON COLUMN marketplace.series_register.content IS 'What the document says.';
COMMENT ON COLUMN marketplace.series_register.recorded_at IS 'When it was numbered.';
COMMENT ON COLUMN marketplace.series_register.recorded_by IS 'Who had it numbered.';
