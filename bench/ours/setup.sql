-- The product's side of the runs, and helpers that are not part of it.
CREATE EXTENSION marketplace;
SELECT marketplace.migrate();

CREATE FUNCTION cpu() RETURNS numeric LANGUAGE sql VOLATILE AS $$
SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::numeric / 1000
$$;

-- CPU µs of one of n calls within one transaction; the documents are made beforehand.
CREATE FUNCTION calls_ours(n int) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE v_documents jsonb[]; v_document jsonb; v_began numeric;
BEGIN
	SELECT array_agg(jsonb_build_object('reason', 'transfer', 'note', 'bench', 'transfers', jsonb_build_array(jsonb_build_object(
			'debit', jsonb_build_object('kind', 'c_seller', 'party_id', 1 + a), 'credit', jsonb_build_object('kind', 'c_seller', 'party_id', 1 + (a + b) % 10000),
			'amount', '0.01 EUR'))))
	  INTO v_documents
	  FROM (SELECT floor(random() * 10000)::int AS a, 1 + floor(random() * 9999)::int AS b FROM generate_series(1, n)) x;
	v_began := cpu();
	FOREACH v_document IN ARRAY v_documents LOOP PERFORM marketplace.ledger_post(1, v_document); END LOOP;
	RETURN (cpu() - v_began) / n;
END $$;

-- 10 000 transfers in one posting: between random accounts, or all to one.
CREATE TABLE batches (kind text PRIMARY KEY, document jsonb NOT NULL);
CREATE TABLE journal (LIKE marketplace.transfers INCLUDING ALL);
CREATE FUNCTION batch_prepare(n int) RETURNS bigint LANGUAGE sql AS $$
INSERT INTO batches
SELECT kind, jsonb_build_object('reason', 'batch', 'note', 'bench', 'transfers', jsonb_agg(jsonb_build_object(
		'debit', jsonb_build_object('kind', 'c_seller', 'party_id', 1 + (g * 7919) % 10000),
		'credit', CASE WHEN kind = 'hot' THEN '{"kind": "c_cash"}' ELSE jsonb_build_object('kind', 'c_seller', 'party_id', 1 + (g * 7919 + 1 + g % 500) % 10000) END,
		'amount', '0.01 EUR')))
  FROM generate_series(1, n) g, (VALUES ('random'), ('hot')) k(kind) GROUP BY kind;
SELECT count(*) FROM batches
$$;

-- States along a lifecycle: without a check, with the product's trigger, with a PL/pgSQL trigger that looks into a table.
INSERT INTO marketplace.lifecycle_custom (machine, from_state, event, to_state, capacities, description) VALUES
	('bench.job', NULL, 'open', 'open', '{operator}', ''), ('bench.job', 'open', 'close', 'closed', '{operator}', ''),
	('bench.job', 'closed', 'reopen', 'open', '{operator}', '');
CREATE TABLE state_none (id bigint PRIMARY KEY, state text NOT NULL) WITH (fillfactor = 45);
CREATE TABLE state_ours (LIKE state_none INCLUDING ALL) WITH (fillfactor = 45);
CREATE TABLE state_plpgsql (LIKE state_none INCLUDING ALL) WITH (fillfactor = 45);
INSERT INTO state_none SELECT g, 'open' FROM generate_series(1, 100000) g;
INSERT INTO state_ours TABLE state_none;
INSERT INTO state_plpgsql TABLE state_none;
CREATE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON state_ours
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('bench.job', 'state');
CREATE TABLE transitions (machine text, from_state text, to_state text, PRIMARY KEY (machine, from_state, to_state));
INSERT INTO transitions VALUES ('bench.job', 'open', 'closed'), ('bench.job', 'closed', 'open');
CREATE FUNCTION state_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.state IS DISTINCT FROM OLD.state AND NOT EXISTS (
		SELECT FROM transitions WHERE machine = 'bench.job' AND from_state = OLD.state AND to_state = NEW.state) THEN
		RAISE EXCEPTION '% cannot become %', OLD.state, NEW.state;
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER lifecycle BEFORE UPDATE OF state ON state_plpgsql FOR EACH ROW EXECUTE FUNCTION state_check();

-- CPU µs a row of changing the state of all rows.
CREATE FUNCTION state_change(kind text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE v_began numeric := cpu();
BEGIN
	EXECUTE format('UPDATE state_%s SET state = CASE state WHEN ''open'' THEN ''closed'' ELSE ''open'' END', kind);
	RETURN (cpu() - v_began) / 100000;
END $$;
