CREATE TABLE marketplace.requests (
	marketplace_id int NOT NULL,
	request_key text NOT NULL,
	role_name name NOT NULL,
	function name NOT NULL,
	arguments_hash bytea NOT NULL,
	result bigint,
	recorded_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, request_key)
) WITH (fillfactor = 80);
COMMENT ON TABLE marketplace.requests IS
'Request keys and the first result of the call that used each: a retry with the same arguments returns it and changes nothing.';
COMMENT ON COLUMN marketplace.requests.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.requests.request_key IS 'Key chosen by the caller, unique in the marketplace for ever.';
COMMENT ON COLUMN marketplace.requests.role_name IS 'Role that called.';
COMMENT ON COLUMN marketplace.requests.function IS 'Function that was called.';
COMMENT ON COLUMN marketplace.requests.arguments_hash IS 'SHA-256 of the arguments.';
COMMENT ON COLUMN marketplace.requests.result IS 'What the first call returned; null while it runs.';
COMMENT ON COLUMN marketplace.requests.recorded_at IS 'When the first call began.';
