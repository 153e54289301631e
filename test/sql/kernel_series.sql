-- Numbering series: the pattern's grammar, hash links, guards, and what series_check() finds in tampered books.
-- Taking numbers needs documents; that is tested with invoicing.
SET client_min_messages = warning;
SELECT marketplace.migrate() > 0 AS migrated;
RESET client_min_messages;

SELECT marketplace.series_format('{root}-{siren}-{yyyy}-{n:6}', 'MP', '732829320', 2026, 1);
SELECT marketplace.series_format('{root}-{siren}-{yyyy}-{n:6}', 'MP', '732829320', 2026, 1234567);
SELECT marketplace.series_format('FA+{yyyy}/{n:1}_x', NULL, NULL, 2026, 42);
SELECT marketplace.series_format('{n:12}{yyyy}', NULL, NULL, 7, 9007199254740991);

-- refused: no year, no counter, two counters, unknown or broken placeholders, widths
SELECT marketplace.series_format('{root}-{n:6}', 'MP', NULL, 2026, 1);
SELECT marketplace.series_format('{root}-{yyyy}', 'MP', NULL, 2026, 1);
SELECT marketplace.series_format('{yyyy}{n:6}{n:6}', 'MP', NULL, 2026, 1);
SELECT marketplace.series_format('{yyyy}-{mm}-{n:6}', 'MP', NULL, 2026, 1);
SELECT marketplace.series_format('{yyyy}-{n:6', 'MP', NULL, 2026, 1);
SELECT marketplace.series_format('{yyyy}-n:6}', 'MP', NULL, 2026, 1);
SELECT marketplace.series_format('{yyyy}-{n:0}', 'MP', NULL, 2026, 1);
SELECT marketplace.series_format('{yyyy}-{n:13}', 'MP', NULL, 2026, 1);
SELECT marketplace.series_format('{yyyy}-{n:}', 'MP', NULL, 2026, 1);
SELECT marketplace.series_format('{yyyy}-{n:99999999999999999999}', 'MP', NULL, 2026, 1);
SELECT marketplace.series_format('{yyyy}-{n}', 'MP', NULL, 2026, 1);
SELECT marketplace.series_format('', 'MP', NULL, 2026, 1);

-- refused: what is printed (IV-18: at most 35 characters of [A-Za-z0-9+_/-])
SELECT marketplace.series_format('{root}-{yyyy}-{n:6}', 'M P', NULL, 2026, 1);
SELECT marketplace.series_format('{root}-{yyyy}-{n:6}', 'É', NULL, 2026, 1);
SELECT marketplace.series_format('{root}-{yyyy}-{n:6}', '', NULL, 2026, 1);
SELECT marketplace.series_format('{root}-{siren}-{yyyy}-{n:6}', 'MP', NULL, 2026, 1);
SELECT length(marketplace.series_format('{root}{yyyy}{n:6}', repeat('R', 25), NULL, 2026, 999999));
SELECT marketplace.series_format('{root}{yyyy}{n:6}', repeat('R', 25), NULL, 2026, 1000000);
SELECT marketplace.series_format('{yyyy}-{n:6}', NULL, NULL, 2026, 0);
SELECT marketplace.series_format('{yyyy}-{n:6}', NULL, NULL, 12026, 1);
SELECT marketplace.series_format(NULL, NULL, NULL, 2026, 1);
SELECT marketplace.series_format('{yyyy}-{n:6}', NULL, NULL, 2026, NULL);

-- A link of a chain is PostgreSQL's own SHA-256 over previous hash and UTF-8 text
SELECT marketplace.seal_hash(NULL, 'é') = sha256(convert_to('é', 'UTF8')) AS first,
	marketplace.seal_hash(sha256('x'), 'é') = sha256(sha256('x') || convert_to('é', 'UTF8')) AS next,
	marketplace.seal_hash(NULL, '') = sha256('') AS empty;
SELECT marketplace.seal_hash('\x00', 'x');
SELECT marketplace.seal_hash(NULL, NULL);

-- Counters and numbers are written by functions only, whoever asks
INSERT INTO marketplace.series (marketplace_id, issuer_id, kind, root, year, pattern) VALUES (9001, 7, 'invoice', 'MP', 2026, 'x');
TRUNCATE marketplace.series;
INSERT INTO marketplace.series_documents VALUES (9001, 1, 1, 7, 'x', '2026-01-01', 'x', NULL, now());
TRUNCATE marketplace.series_documents;

-- Books with one sound series and one that somebody tampered with, past the guards
BEGIN;
ALTER TABLE marketplace.series DISABLE TRIGGER USER;
ALTER TABLE marketplace.series_documents DISABLE TRIGGER USER;
WITH series AS (
	INSERT INTO marketplace.series (marketplace_id, issuer_id, kind, root, year, pattern, identifier)
	VALUES (9001, 7, 'invoice', 'MP', 2026, '{root}-{siren}-{yyyy}-{n:4}', '732829320'),
		(9001, 8, 'invoice', 'MP', 2026, '{root}-{siren}-{yyyy}-{n:4}', '542051180'),
		(9001, 8, 'credit_note', 'AV', 2026, '{root}-{siren}-{yyyy}-{n:4}', '542051180')
	RETURNING id, kind, issuer_id)
SELECT max(id) FILTER (WHERE issuer_id = 7) AS sound, max(id) FILTER (WHERE issuer_id = 8 AND kind = 'invoice') AS broken FROM series \gset
WITH RECURSIVE chain (n, previous_hash, hash) AS (
	SELECT 1, NULL::bytea, marketplace.seal_hash(NULL, 'document 1')
	UNION ALL
	SELECT n + 1, hash, marketplace.seal_hash(hash, 'document ' || n + 1) FROM chain WHERE n < 6)
INSERT INTO marketplace.series_documents (marketplace_id, series_id, n, issuer_id, number, issue_date, hash, previous_hash, recorded_at)
SELECT 9001, id, n, issuer_id, marketplace.series_format(pattern, root, identifier, year, n), date '2026-01-01' + n, hash, previous_hash, now()
FROM chain CROSS JOIN marketplace.series WHERE marketplace_id = 9001 AND kind = 'invoice';
UPDATE marketplace.series s SET last_number = n, last_date = issue_date, head_hash = hash
FROM marketplace.series_documents d WHERE d.marketplace_id = s.marketplace_id AND d.series_id = s.id AND n = 6 AND s.marketplace_id = 9001;
SELECT * FROM marketplace.series_check(9001);

UPDATE marketplace.series_documents SET hash = sha256('other') WHERE series_id = :broken AND n = 1;
DELETE FROM marketplace.series_documents WHERE series_id = :broken AND n = 3;
UPDATE marketplace.series_documents SET issue_date = '2025-12-31' WHERE series_id = :broken AND n = 4;
UPDATE marketplace.series_documents SET number = 'MP-other' WHERE series_id = :broken AND n = 5;
SELECT series_id = :broken AS broken, check_name, n, left(expected, 23) AS expected, left(found, 23) AS found
FROM marketplace.series_check(9001);
SELECT check_name, n, expected, found FROM marketplace.series_check(9001, 8) WHERE check_name = 'counter';
SELECT * FROM marketplace.series_check(9001, 7);

-- the last documents of the sound one vanish: what is left is sound, but the counter knows
DELETE FROM marketplace.series_documents WHERE series_id = :sound AND n > 4;
SELECT check_name, n, left(expected, 10) AS expected, left(found, 10) AS found FROM marketplace.series_check(9001, 7);
DELETE FROM marketplace.series_documents WHERE series_id = :sound;
SELECT check_name, n, left(expected, 10) AS expected, left(found, 10) AS found FROM marketplace.series_check(9001, 7);
ROLLBACK;

-- Who may ask: auditors and operators about all, a seller about itself
CREATE ROLE kernel_series_auditor;
CREATE ROLE kernel_series_seller;
SELECT marketplace.access_grant(9001, 'kernel_series_auditor', 'auditor') > 0 AS granted;
SELECT marketplace.access_grant(9001, 'kernel_series_seller', 'seller', 7) > 0 AS granted;
SET ROLE kernel_series_auditor;
SELECT count(*) FROM marketplace.series_check(9001);
SELECT count(*) FROM marketplace.series_check(9002);
SET ROLE kernel_series_seller;
SELECT count(*) FROM marketplace.series_check(9001, 7);
SELECT count(*) FROM marketplace.series_check(9001, 8);
SELECT count(*) FROM marketplace.series_check(9001);
RESET ROLE;
SELECT count(*) FROM marketplace.series_check(NULL);
SELECT marketplace.access_revoke(9001, 'kernel_series_auditor', 'auditor') > 0 AS revoked;
SELECT marketplace.access_revoke(9001, 'kernel_series_seller', 'seller', 7) > 0 AS revoked;
DROP OWNED BY kernel_series_auditor, kernel_series_seller;
DROP ROLE kernel_series_auditor, kernel_series_seller;
