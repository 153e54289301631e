CREATE TABLE marketplace.series (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	issuer_id bigint NOT NULL,
	kind text NOT NULL,
	root text NOT NULL,
	year int NOT NULL,
	pattern text NOT NULL,
	identifier text,
	last_number bigint NOT NULL DEFAULT 0,
	last_date date,
	head_hash bytea,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, issuer_id, kind, root, year),
	CONSTRAINT series_used_or_new CHECK ((last_number = 0) = (last_date IS NULL) AND (last_number = 0) = (head_hash IS NULL)),
	CONSTRAINT series_number_not_negative CHECK (last_number >= 0)
) WITH (fillfactor = 50);
COMMENT ON TABLE marketplace.series IS
'Counters of legal numbering: one row per issuer, kind, root and year. Locked as the last step of the transaction that issues (IV-15).';
COMMENT ON COLUMN marketplace.series.marketplace_id IS 'Marketplace.';
COMMENT ON COLUMN marketplace.series.id IS 'Number of the series.';
COMMENT ON COLUMN marketplace.series.issuer_id IS 'Party in whose name the documents are issued (the mandator, for invoices on behalf).';
COMMENT ON COLUMN marketplace.series.kind IS 'Kind of document: ''invoice'', ''credit_note'', …';
COMMENT ON COLUMN marketplace.series.root IS 'Root proper to the marketplace, printed as {root} (PPF G1.42, G1.45).';
COMMENT ON COLUMN marketplace.series.year IS 'Year of the dates of issue; the counter restarts every year.';
COMMENT ON COLUMN marketplace.series.pattern IS 'How numbers are printed; kept for the year, whatever policy iv.number_pattern becomes.';
COMMENT ON COLUMN marketplace.series.identifier IS 'What {siren} prints; kept for the year.';
COMMENT ON COLUMN marketplace.series.last_number IS 'Last number given; 0: none.';
COMMENT ON COLUMN marketplace.series.last_date IS 'Date of issue of the last document; none is issued with an earlier one (IV-17).';
COMMENT ON COLUMN marketplace.series.head_hash IS 'Hash of the last document: head of the chain (SHA-256).';

CREATE TABLE marketplace.series_documents (
	marketplace_id int NOT NULL,
	series_id bigint NOT NULL,
	n bigint NOT NULL,
	issuer_id bigint NOT NULL,
	number text NOT NULL,
	issue_date date NOT NULL,
	hash bytea NOT NULL,
	previous_hash bytea,
	recorded_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, series_id, n),
	UNIQUE (marketplace_id, issuer_id, number),
	CONSTRAINT series_documents_n_positive CHECK (n > 0)
);
COMMENT ON TABLE marketplace.series_documents IS
'Every number given, with the hash chain along the series. Append-only. marketplace.series_check() proves it.';
COMMENT ON COLUMN marketplace.series_documents.marketplace_id IS 'Marketplace.';
COMMENT ON COLUMN marketplace.series_documents.series_id IS 'Series, see marketplace.series.';
COMMENT ON COLUMN marketplace.series_documents.n IS 'Position in the series: 1, 2, 3 … without a gap.';
COMMENT ON COLUMN marketplace.series_documents.issuer_id IS 'Issuer of the series.';
COMMENT ON COLUMN marketplace.series_documents.number IS 'Legal number, unique per issuer (IV-18).';
COMMENT ON COLUMN marketplace.series_documents.issue_date IS 'Date of issue; does not decrease along the series.';
COMMENT ON COLUMN marketplace.series_documents.hash IS 'marketplace.seal_hash(previous_hash, canonical text of the document).';
COMMENT ON COLUMN marketplace.series_documents.previous_hash IS 'Hash of the document before; NULL for the first.';
COMMENT ON COLUMN marketplace.series_documents.recorded_at IS 'When the number was given, by marketplace.clock().';
