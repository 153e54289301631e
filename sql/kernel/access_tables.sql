CREATE TABLE marketplace.access_grants (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	role_name name NOT NULL,
	capacity text NOT NULL CHECK (capacity IN ('operator', 'auditor', 'seller', 'buyer', 'carrier', 'insurer')),
	party_id bigint NOT NULL DEFAULT 0,
	trusted boolean NOT NULL DEFAULT false,
	granted_at timestamptz NOT NULL,
	granted_by text NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, role_name, capacity, party_id),
	CHECK ((capacity IN ('operator', 'auditor')) = (party_id = 0))
);
COMMENT ON TABLE marketplace.access_grants IS
'Which database role acts in which capacity for which party. Kept by access_grant() and access_revoke().';
COMMENT ON COLUMN marketplace.access_grants.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.access_grants.id IS 'Number of the grant.';
COMMENT ON COLUMN marketplace.access_grants.role_name IS 'Database role, by name so that it survives dump and restore; members of it act too.';
COMMENT ON COLUMN marketplace.access_grants.capacity IS 'operator and auditor: the whole marketplace; seller, buyer, carrier, insurer: for one party.';
COMMENT ON COLUMN marketplace.access_grants.party_id IS 'Party that the role acts for; 0 for operator and auditor.';
COMMENT ON COLUMN marketplace.access_grants.trusted IS 'The role may say who acts (SET LOCAL marketplace.actor): a pool or an application server.';
COMMENT ON COLUMN marketplace.access_grants.granted_at IS 'When it was granted.';
COMMENT ON COLUMN marketplace.access_grants.granted_by IS 'Who granted it.';
