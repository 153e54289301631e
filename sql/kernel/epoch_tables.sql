CREATE TABLE marketplace.xact_epochs (
	number				int NOT NULL PRIMARY KEY,
	system_identifier	bigint NOT NULL,
	xact_offset			bigint NOT NULL,
	began_at			timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE marketplace.xact_epochs IS
'The clusters in which these tables have been written, in order. Shared by all marketplaces. A new row appears with the first write after a restore into another cluster, a pg_upgrade or the promotion of a logical replica.';
COMMENT ON COLUMN marketplace.xact_epochs.number IS '1, 2, 3 …; the highest is the running epoch.';
COMMENT ON COLUMN marketplace.xact_epochs.system_identifier IS 'Identity of the cluster: system_identifier of pg_control_system().';
COMMENT ON COLUMN marketplace.xact_epochs.xact_offset IS
'Added to the 64-bit transaction id of that cluster to get the column xact of events and transfers; the highest xact stored before the epoch began.';
COMMENT ON COLUMN marketplace.xact_epochs.began_at IS 'Time of the first write in that cluster.';
