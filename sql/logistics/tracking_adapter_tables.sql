CREATE TABLE marketplace.tracking_adapter_versions (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	adapter text NOT NULL,
	mapping jsonb NOT NULL,
	source text NOT NULL,
	valid_from timestamptz NOT NULL,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX tracking_adapter_versions_adapter ON marketplace.tracking_adapter_versions (marketplace_id, adapter, valid_from);
COMMENT ON TABLE marketplace.tracking_adapter_versions IS 'The marketplace''s own adapters for payloads of tracking providers, before those of the extension: written by tracking_adapter_set(). The latest in force counts.';
COMMENT ON COLUMN marketplace.tracking_adapter_versions.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.tracking_adapter_versions.id IS 'Number of the version.';
COMMENT ON COLUMN marketplace.tracking_adapter_versions.adapter IS 'Name, in small letters.';
COMMENT ON COLUMN marketplace.tracking_adapter_versions.mapping IS 'Where things are in the payload: see tracking_adapter_set().';
COMMENT ON COLUMN marketplace.tracking_adapter_versions.source IS 'What the mapping was written after: an address, a document, a contract.';
COMMENT ON COLUMN marketplace.tracking_adapter_versions.valid_from IS 'From when on it is used.';
COMMENT ON COLUMN marketplace.tracking_adapter_versions.created_at IS 'When it was written.';
