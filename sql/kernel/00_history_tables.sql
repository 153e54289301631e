CREATE TABLE marketplace.schema_history (
	id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	version int NOT NULL,
	code_hash text NOT NULL,
	applied_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	applied_by name NOT NULL DEFAULT CURRENT_USER
);
COMMENT ON TABLE marketplace.schema_history IS 'What migrate() installed, one row a run that changed something.';
COMMENT ON COLUMN marketplace.schema_history.id IS 'Number of the run.';
COMMENT ON COLUMN marketplace.schema_history.version IS 'Version of the tables.';
COMMENT ON COLUMN marketplace.schema_history.code_hash IS 'SHA-256 of the guards, policies and views, in hexadecimal.';
COMMENT ON COLUMN marketplace.schema_history.applied_at IS 'When it was installed.';
COMMENT ON COLUMN marketplace.schema_history.applied_by IS 'Role that ran migrate().';
