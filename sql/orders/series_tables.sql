CREATE TABLE marketplace.numbered_documents (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	series_id bigint NOT NULL,
	n bigint NOT NULL,
	issuer_id bigint NOT NULL,
	kind text NOT NULL,
	number text NOT NULL,
	issue_date date NOT NULL,
	content jsonb NOT NULL,
	recorded_at timestamptz NOT NULL,
	recorded_by text NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, series_id, n)
);
COMMENT ON TABLE marketplace.numbered_documents IS
'Documents of users that marketplace.series_issue() has numbered: delivery notes, inspection reports, warranty certificates. Append-only; the content is part of the hash chain of its series, see marketplace.series_verify(). Invoices have tables of their own.';
COMMENT ON COLUMN marketplace.numbered_documents.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.numbered_documents.id IS 'Number of the row; no meaning.';
COMMENT ON COLUMN marketplace.numbered_documents.series_id IS 'Series that numbers it, see marketplace.series.';
COMMENT ON COLUMN marketplace.numbered_documents.n IS 'Its position in the series: 1, 2, 3 … without a gap.';
COMMENT ON COLUMN marketplace.numbered_documents.issuer_id IS 'Party in whose name it is issued.';
COMMENT ON COLUMN marketplace.numbered_documents.kind IS 'Kind of document, with a prefix of yours: ''acme.delivery_note''. Kinds without a dot belong to the extension.';
COMMENT ON COLUMN marketplace.numbered_documents.number IS 'The number as printed, unique per issuer.';
COMMENT ON COLUMN marketplace.numbered_documents.issue_date IS 'Date of issue; does not decrease along the series.';
COMMENT ON COLUMN marketplace.numbered_documents.content IS 'What the document says.';
COMMENT ON COLUMN marketplace.numbered_documents.recorded_at IS 'When it was numbered, by marketplace.clock().';
COMMENT ON COLUMN marketplace.numbered_documents.recorded_by IS 'Who had it numbered.';
