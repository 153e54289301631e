-- Lifecycles on a user's own tables: which transitions pass, who may, what is recorded, and how it is drawn.
SET client_min_messages = warning;
SELECT marketplace.migrate() > 0 AS migrated;
RESET client_min_messages;
CREATE SCHEMA kernel_lifecycle;
SET search_path = kernel_lifecycle;

CREATE TABLE repairs (id bigint PRIMARY KEY, state text, note text);
CREATE TRIGGER lifecycle BEFORE INSERT OR UPDATE ON repairs
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('kernel_lifecycle.repair', 'state');
ALTER TABLE repairs ENABLE ALWAYS TRIGGER lifecycle;
CREATE TRIGGER lifecycle_history AFTER INSERT OR UPDATE ON repairs
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('kernel_lifecycle.repair', 'state');
INSERT INTO repairs VALUES (1, 'open');

-- A lifecycle of one's own is rows; mistakes in them are refused
INSERT INTO marketplace.lifecycle_custom (machine, from_state, event, to_state, capacities, description) VALUES
	('kernel_lifecycle.repair', NULL, 'open', 'open', '{}', 'The device arrives.'),
	('kernel_lifecycle.repair', 'open', 'start', 'in progress', '{operator}', 'Work begins.'),
	('kernel_lifecycle.repair', 'open', 'abandon', 'closed', '{operator,seller}', 'Not worth it.'),
	('kernel_lifecycle.repair', 'in progress', 'finish', 'done', '{}', 'Work ends well.'),
	('kernel_lifecycle.repair', 'in progress', 'break', 'done', '{}', 'Work ends.'),
	('kernel_lifecycle.repair', 'in progress', 'fetch', 'shipped', '{carrier}', 'The carrier takes it.'),
	('kernel_lifecycle.repair', 'done', 'close', 'closed', '{}', 'The file is closed.');
\set VERBOSITY terse
INSERT INTO marketplace.lifecycle_custom (machine, event, to_state, description) VALUES ('repair', 'open', 'open', '');
INSERT INTO marketplace.lifecycle_custom (machine, event, to_state, capacities, description)
VALUES ('kernel_lifecycle.x', 'open', 'open', '{operator,auditor}', '');
INSERT INTO marketplace.lifecycle_custom (machine, event, to_state, capacities, description)
VALUES ('kernel_lifecycle.x', 'open', 'open', '{NULL}', '');
INSERT INTO marketplace.lifecycle_custom (machine, from_state, event, to_state, description) VALUES ('kernel_lifecycle.x', 'a', 'stay', 'a', '');
INSERT INTO marketplace.lifecycle_custom (machine, event, to_state, description) VALUES ('kernel_lifecycle.x', 'Open it', 'open', '');
INSERT INTO marketplace.lifecycle_custom (machine, event, to_state, description) VALUES ('kernel_lifecycle.x', 'open', '', '');
INSERT INTO marketplace.lifecycle_custom (machine, event, to_state, description) VALUES ('kernel_lifecycle.repair', 'open', 'open', '');
\set VERBOSITY default

-- Along it, and nowhere else
INSERT INTO repairs VALUES (1, 'open'), (2, 'open');
INSERT INTO repairs VALUES (3, 'done');
INSERT INTO repairs VALUES (3, NULL);
UPDATE repairs SET state = 'done' WHERE id = 1;
UPDATE repairs SET state = 'no such state' WHERE id = 1;
UPDATE repairs SET state = NULL WHERE id = 1;
UPDATE repairs SET state = 'in progress' WHERE id = 1;
UPDATE repairs SET state = state, note = 'unchanged state';
UPDATE repairs SET state = 'shipped' WHERE id = 1;
UPDATE repairs SET state = 'done' WHERE id = 1;
UPDATE repairs SET state = 'closed';
UPDATE repairs SET state = 'open';
INSERT INTO repairs VALUES (1, 'open') ON CONFLICT (id) DO UPDATE SET state = 'open';
SET session_replication_role = replica;
UPDATE repairs SET state = 'open';
RESET session_replication_role;
DELETE FROM repairs WHERE id = 2;
SELECT * FROM repairs ORDER BY id;

-- What was recorded: a bare statement that two events explain is the first by name
SELECT marketplace_id, relation, object_id, from_state, event, to_state, capacity, actor = current_user AS actor_is_me,
	recorded_at BETWEEN now() - interval '1 hour' AND now() AS just_now, xact > 0 AS xact
FROM marketplace.lifecycle_history WHERE machine = 'kernel_lifecycle.repair' ORDER BY id;
UPDATE marketplace.lifecycle_history SET reason = 'other' WHERE machine = 'kernel_lifecycle.repair';
DELETE FROM marketplace.lifecycle_history WHERE machine = 'kernel_lifecycle.repair';
INSERT INTO marketplace.lifecycle_history (marketplace_id, machine, relation, object_id, event, to_state, actor, recorded_at, xact)
VALUES (9001, 'kernel_lifecycle.repair', 'x', '1', 'open', 'open', 'me', now(), 1);

-- A change of the lifecycle counts at once, and its rollback too
BEGIN;
INSERT INTO marketplace.lifecycle_custom (machine, from_state, event, to_state, description)
VALUES ('kernel_lifecycle.repair', 'closed', 'reopen', 'open', 'It came back.');
UPDATE repairs SET state = 'open' WHERE id = 1;
SAVEPOINT before_removal;
DELETE FROM marketplace.lifecycle_custom WHERE machine = 'kernel_lifecycle.repair' AND event = 'start';
UPDATE repairs SET state = 'in progress' WHERE id = 1;
ROLLBACK TO before_removal;
UPDATE repairs SET state = 'in progress' WHERE id = 1;
ROLLBACK;
UPDATE repairs SET state = 'open' WHERE id = 1;
BEGIN;
TRUNCATE marketplace.lifecycle_custom;
UPDATE repairs SET state = 'open' WHERE id = 1;
ROLLBACK;
BEGIN ISOLATION LEVEL REPEATABLE READ;
UPDATE marketplace.lifecycle_custom SET to_state = 'finished' WHERE machine = 'kernel_lifecycle.repair' AND event = 'close';
UPDATE repairs SET state = 'open' WHERE id = 1;
ROLLBACK;

-- Who may: the owner of the table is the operator, others are whoever the lifecycle leaves free
CREATE ROLE kernel_lifecycle_worker;
CREATE ROLE kernel_lifecycle_operator;
GRANT USAGE ON SCHEMA kernel_lifecycle TO kernel_lifecycle_worker, kernel_lifecycle_operator;
GRANT SELECT, INSERT, UPDATE ON repairs TO kernel_lifecycle_worker;
SET ROLE kernel_lifecycle_worker;
INSERT INTO repairs VALUES (4, 'open');
UPDATE repairs SET state = 'in progress' WHERE id = 4;
RESET ROLE;
UPDATE repairs SET state = 'in progress' WHERE id = 4;
SET ROLE kernel_lifecycle_worker;
UPDATE repairs SET state = 'done' WHERE id = 4;
RESET ROLE;
SELECT object_id, event, capacity, actor FROM marketplace.lifecycle_history
WHERE machine = 'kernel_lifecycle.repair' AND object_id = '4' ORDER BY id;

-- A table of a marketplace: its operators are the operator; a domain over text is a state; the id may have another name
CREATE DOMAIN repair_state AS text CHECK (VALUE <> '');
CREATE DOMAIN stricter_state AS repair_state CHECK (length(VALUE) < 20);
CREATE TABLE tenant_repairs (marketplace_id int, "Number" text, state stricter_state);
CREATE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON tenant_repairs
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('kernel_lifecycle.repair', 'state');
CREATE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON tenant_repairs
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('kernel_lifecycle.repair', 'state', 'Number');
GRANT SELECT, INSERT, UPDATE ON tenant_repairs TO kernel_lifecycle_worker, kernel_lifecycle_operator;
SELECT marketplace.access_grant(9001, 'kernel_lifecycle_operator', 'operator') > 0 AS granted;
INSERT INTO tenant_repairs VALUES (9001, 'A', 'open'), (9002, 'B', 'open');
INSERT INTO tenant_repairs VALUES (9001, NULL, 'open');
SET ROLE kernel_lifecycle_operator;
UPDATE tenant_repairs SET state = 'in progress' WHERE marketplace_id = 9001;
UPDATE tenant_repairs SET state = 'in progress' WHERE marketplace_id = 9002;
SELECT marketplace_id, object_id, event, actor FROM marketplace.lifecycle_history WHERE machine = 'kernel_lifecycle.repair' ORDER BY id;
RESET ROLE;

-- The history of a marketplace cannot be written from a table of somebody who is not its operator
ALTER TABLE tenant_repairs OWNER TO kernel_lifecycle_worker;
SET ROLE kernel_lifecycle_worker;
INSERT INTO tenant_repairs VALUES (9001, 'C', 'open');
INSERT INTO tenant_repairs VALUES (NULL, 'C', 'open');
RESET ROLE;
ALTER TABLE tenant_repairs OWNER TO kernel_lifecycle_operator;
SET ROLE kernel_lifecycle_operator;
INSERT INTO tenant_repairs VALUES (9001, 'D', 'open');
RESET ROLE;
SELECT marketplace_id, relation, object_id, actor FROM marketplace.lifecycle_history
WHERE machine = 'kernel_lifecycle.repair' AND object_id IN ('C', 'D') ORDER BY id;

-- Mistakes of whoever creates the triggers
CREATE TABLE wrong (id int, state varchar(10), code int);
CREATE TRIGGER lifecycle BEFORE INSERT OR UPDATE ON wrong
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('kernel_lifecycle.repair', 'code');
INSERT INTO wrong VALUES (1, 'open', 1);
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE ON wrong
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('kernel_lifecycle.repair', 'status');
INSERT INTO wrong VALUES (1, 'open', 1);
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE ON wrong
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('kernel_lifecycle.repair');
INSERT INTO wrong VALUES (1, 'open', 1);
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE ON wrong
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('kernel_lifecycle.repair', 'state');
INSERT INTO wrong VALUES (1, 'open', 1);
DROP TRIGGER lifecycle ON wrong;
CREATE TRIGGER lifecycle AFTER INSERT ON wrong
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.lifecycle_guard('kernel_lifecycle.repair', 'state');
INSERT INTO wrong VALUES (1, 'open', 1);
SELECT marketplace.lifecycle_record();

-- Drawn
SELECT marketplace.lifecycle_diagram('kernel_lifecycle.repair') \g (format=unaligned tuples_only=on)
INSERT INTO marketplace.lifecycle_custom (machine, from_state, event, to_state, description) VALUES
	('kernel_lifecycle.odd', NULL, 'begin', 'say "a\b"', ''), ('kernel_lifecycle.odd', 'say "a\b"', 'go', 'end', '');
SELECT marketplace.lifecycle_diagram('kernel_lifecycle.odd') \g (format=unaligned tuples_only=on)
SELECT marketplace.lifecycle_diagram('kernel_lifecycle.odd', 'dot') \g (format=unaligned tuples_only=on)
SELECT marketplace.lifecycle_diagram('kernel_lifecycle.odd', 'svg');
SELECT marketplace.lifecycle_diagram('kernel_lifecycle.none');
SELECT marketplace.lifecycle_diagram(repeat('long', 20));
SELECT marketplace.lifecycle_diagram(NULL);
SELECT machine, from_state, event, to_state, capacities FROM marketplace.lifecycle WHERE machine = 'kernel_lifecycle.odd' ORDER BY event;

DELETE FROM marketplace.lifecycle_custom WHERE machine LIKE 'kernel\_lifecycle.%';
\set VERBOSITY terse
DROP SCHEMA kernel_lifecycle CASCADE;
SELECT marketplace.access_revoke(9001, 'kernel_lifecycle_operator', 'operator') > 0 AS revoked;
DROP OWNED BY kernel_lifecycle_worker, kernel_lifecycle_operator;
DROP ROLE kernel_lifecycle_worker, kernel_lifecycle_operator;
