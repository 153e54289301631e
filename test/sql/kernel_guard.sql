-- guard_append_only() and guard_by_function(): what is recorded stays, what functions keep is written by functions only.
\set VERBOSITY default
CREATE SCHEMA kernel_guard;
SET search_path = kernel_guard;

-- A record: nothing changes, for its owner and a superuser too
CREATE TABLE record (id int PRIMARY KEY, content text);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON record
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON record
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE record ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE record ENABLE ALWAYS TRIGGER append_only_truncate;
INSERT INTO record VALUES (1, 'first'), (2, 'second');
UPDATE record SET content = 'other' WHERE id = 1;
UPDATE record SET content = content;
DELETE FROM record WHERE id = 2;
TRUNCATE record;
INSERT INTO record VALUES (1, 'again') ON CONFLICT (id) DO UPDATE SET content = excluded.content;
MERGE INTO record USING (VALUES (1)) AS v (id) ON record.id = v.id WHEN MATCHED THEN DELETE;
UPDATE record SET content = 'other' WHERE id = 3;
SET session_replication_role = replica;
DELETE FROM record;
RESET session_replication_role;
SELECT * FROM record ORDER BY id;

-- Columns named in the arguments may change, no other; generated ones follow
CREATE TABLE stamped (
	id int PRIMARY KEY,
	content text,
	length int GENERATED ALWAYS AS (length(content)) STORED,
	"Seen at" date,
	gone int,
	folded boolean
);
ALTER TABLE stamped DROP COLUMN gone;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON stamped
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('Seen at', 'folded');
INSERT INTO stamped (id, content) VALUES (1, 'first'), (2, NULL), (3, repeat('long ', 100000));
UPDATE stamped SET folded = true, "Seen at" = '2026-01-01';
UPDATE stamped SET folded = false, content = 'other' WHERE id = 1;
UPDATE stamped SET content = '' WHERE id = 2;
UPDATE stamped SET content = NULL WHERE id = 3;
UPDATE stamped SET content = content || '', folded = NULL WHERE id = 3;
DELETE FROM stamped;
SELECT id, length, "Seen at", folded FROM stamped ORDER BY id;

-- Rows that functions keep: any write is refused
CREATE TABLE kept (id int, quantity numeric, note text);
INSERT INTO kept VALUES (1, 5, 'x');
CREATE TRIGGER by_function BEFORE INSERT OR UPDATE OR DELETE ON kept
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('kernel_guard');
CREATE TRIGGER by_function_truncate BEFORE TRUNCATE ON kept
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('kernel_guard');
INSERT INTO kept VALUES (2, 5, 'x');
UPDATE kept SET note = 'y';
DELETE FROM kept;
TRUNCATE kept;
COPY kept FROM stdin;
2	7	y
\.

-- Columns that functions keep: other columns are free
CREATE OR REPLACE TRIGGER by_function BEFORE UPDATE ON kept
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('kernel_guard', 'id', 'quantity');
UPDATE kept SET note = 'y';
UPDATE kept SET quantity = 5;
UPDATE kept SET quantity = 6;
UPDATE kept SET quantity = NULL, note = 'z';
SELECT * FROM kept;

-- Mistakes of whoever creates the trigger
CREATE OR REPLACE TRIGGER by_function BEFORE UPDATE ON kept
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('kernel_guard', 'quantite');
UPDATE kept SET quantity = 6;
CREATE OR REPLACE TRIGGER by_function BEFORE UPDATE ON kept
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function();
UPDATE kept SET quantity = 6;
CREATE OR REPLACE TRIGGER by_function BEFORE UPDATE ON kept
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('gone');
UPDATE kept SET quantity = 6;
SELECT marketplace.guard_append_only();

DROP SCHEMA kernel_guard CASCADE;
