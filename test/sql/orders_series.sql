-- Documents of users numbered from a party's gapless series: one at a time, many at once, per issuer, kind, root and year; sealed, proved,
-- repeated safely, refused, hidden from others.
\set ON_ERROR_STOP 0
\set VERBOSITY terse
\set m 2801
SET marketplace.clock = '2026-03-02 09:00:00+00';
SELECT marketplace.marketplace_create(:m, '{"name": "Numbers", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "P", "country": "FR", "siren": "100000009"}}') > 0 AS opened;
SELECT marketplace.party_create(:m, '{"name": "ALPHA", "country": "FR", "siren": "300000007", "capacities": ["seller"]}') AS alpha \gset
SELECT marketplace.party_create(:m, '{"name": "BETA", "country": "BE", "capacities": ["seller"]}') AS beta \gset
CREATE FUNCTION pg_temp.note(m int, issuer bigint, extra jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
SELECT '{"kind": "acme.delivery_note", "root": "DN", "content": {"goods": "x"}}'::jsonb || jsonb_build_object('issuer', issuer) || extra
$$;
CREATE FUNCTION pg_temp.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE detail text; hint text;
BEGIN EXECUTE statement; RETURN 'accepted'; EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN regexp_replace(concat_ws(' | ', SQLSTATE, SQLERRM, detail, hint), '(party|seller) \d+', '\1 N', 'g'); END $$;

-- one by one, each issuer by itself; a rolled back number is given again
SELECT marketplace.series_issue(:m, pg_temp.note(:m, :alpha)), marketplace.series_issue(:m, pg_temp.note(:m, :alpha)), marketplace.series_issue(:m, pg_temp.note(:m, :beta));
BEGIN;
SELECT marketplace.series_issue(:m, pg_temp.note(:m, :alpha));
ROLLBACK;
SELECT marketplace.series_issue(:m, pg_temp.note(:m, :alpha));
-- another kind, another root, another pattern with the SIREN
SELECT marketplace.series_issue(:m, pg_temp.note(:m, :alpha, '{"kind": "acme.report", "root": "R", "pattern": "{root}/{siren}/{yyyy}/{n:3}"}'));
-- the pattern keeps for the year
SELECT marketplace.series_issue(:m, pg_temp.note(:m, :alpha, '{"kind": "acme.report", "root": "R", "pattern": "{yyyy}{root}{n:1}"}'));
-- many at once, in the order given; and one after them
SELECT marketplace.series_issue_many(:m, (pg_temp.note(:m, :alpha) - 'content') || '{"contents": [{"a": 1}, "two", [3]]}', 'k1');
SELECT marketplace.series_issue(:m, pg_temp.note(:m, :alpha), 'k2');
-- repeated with their keys
SELECT marketplace.series_issue_many(:m, (pg_temp.note(:m, :alpha) - 'content') || '{"contents": [{"a": 1}, "two", [3]]}', 'k1');
SELECT marketplace.series_issue(:m, pg_temp.note(:m, :alpha), 'k2');
SELECT marketplace.series_issue(:m, pg_temp.note(:m, :beta), 'k2');
-- dates do not decrease, the year begins again
SET marketplace.clock = '2026-03-10 09:00:00+00';
SELECT marketplace.series_issue(:m, pg_temp.note(:m, :beta));
SELECT marketplace.series_issue(:m, pg_temp.note(:m, :beta, '{"issue_date": "2026-03-04"}'));
SET marketplace.clock = '2027-01-01 09:00:00+00';
SELECT marketplace.series_issue(:m, pg_temp.note(:m, :beta));
SELECT issuer_name, kind, number, issue_date, n, content, recorded_by = current_user AS mine FROM marketplace.series_register WHERE marketplace_id = :m ORDER BY issuer_name, kind, document_id;
SELECT payload - 'series_id' - 'issuer_id' - 'document_id' AS told FROM marketplace.events WHERE marketplace_id = :m AND aggregate = 'series' ORDER BY id;
SELECT * FROM marketplace.series_check(:m);
SELECT * FROM marketplace.series_verify(:m);

-- refused, and nothing is given
SELECT pg_temp.refused(format('SELECT marketplace.series_issue(%s, %L)', :m, d)) FROM (VALUES
	(pg_temp.note(:m, :alpha, '{"kind": "invoice"}')), (pg_temp.note(:m, :alpha, '{"kind": ".x"}')), (pg_temp.note(:m, :alpha, '{"kind": "Acme.x"}')),
	(pg_temp.note(:m, :alpha, '{"kind": "acme.x.y"}')), (pg_temp.note(:m, :alpha) - 'root'), (pg_temp.note(:m, :alpha) - 'content'),
	(pg_temp.note(:m, :alpha, '{"content": null}')), (pg_temp.note(:m, 999999999)), (pg_temp.note(:m, :alpha, '{"issue_date": "2027-01-02"}')),
	(pg_temp.note(:m, :beta, '{"kind": "acme.report", "root": "R", "pattern": "{siren}{yyyy}{n:3}"}')),
	(pg_temp.note(:m, :alpha, '{"kind": "acme.other", "pattern": "{root}{n:3}"}')), (pg_temp.note(:m, :alpha, '{"contents": []}'))) v(d);
SELECT pg_temp.refused(format('SELECT marketplace.series_issue_many(%s, %L)', :m, (pg_temp.note(:m, :alpha) - 'content') || d)) FROM (VALUES
	('{}'::jsonb), ('{"contents": []}'), ('{"contents": [1, null]}'), ('{"content": 1}')) v(d);
-- a number that another kind of the same issuer has printed, of a single document and in the middle of many
SELECT pg_temp.refused(format('SELECT marketplace.series_issue(%s, %L)', :m, pg_temp.note(:m, :beta, '{"kind": "acme.copy"}')));
SELECT marketplace.series_issue(:m, pg_temp.note(:m, :beta, '{"kind": "acme.copy", "pattern": "{root}-{yyyy}-00000{n:1}", "root": "X"}'));
SELECT marketplace.series_issue(:m, pg_temp.note(:m, :beta, '{"kind": "acme.late", "root": "X", "pattern": "{root}-{yyyy}-{n:7}"}'));
SELECT pg_temp.refused(format('SELECT marketplace.series_issue_many(%s, %L)', :m, (pg_temp.note(:m, :beta, '{"kind": "acme.more", "root": "X", "contents": [1, 2]}') - 'content')));
SELECT * FROM marketplace.series_check(:m);
SELECT * FROM marketplace.series_verify(:m, :beta);

-- what is recorded stays, and a change is found
SELECT pg_temp.refused(format('UPDATE marketplace.numbered_documents SET content = ''1'' WHERE marketplace_id = %s', :m)), pg_temp.refused('TRUNCATE marketplace.numbered_documents'),
	pg_temp.refused(format('DELETE FROM marketplace.numbered_documents WHERE marketplace_id = %s', :m)),
	pg_temp.refused(format('INSERT INTO marketplace.numbered_documents (marketplace_id, series_id, n, issuer_id, kind, number, issue_date, content, recorded_at, recorded_by)
		VALUES (%s, 1, 1, 1, ''a.b'', ''1'', ''2026-01-01'', ''1'', now(), ''me'')', :m));
BEGIN;
ALTER TABLE marketplace.numbered_documents DISABLE TRIGGER USER;
UPDATE marketplace.numbered_documents SET content = '{"goods": "y"}' WHERE marketplace_id = :m AND number = 'DN-2026-000002' AND issuer_id = :alpha;
UPDATE marketplace.numbered_documents SET number = 'DN-2026-000009' WHERE marketplace_id = :m AND number = 'DN-2026-000003' AND issuer_id = :alpha;
DELETE FROM marketplace.numbered_documents WHERE marketplace_id = :m AND number = 'DN-2026-000004' AND issuer_id = :alpha;
SELECT number, check_name, CASE WHEN check_name <> 'content' THEN expected END AS expected, CASE WHEN check_name <> 'content' THEN found END AS found FROM marketplace.series_verify(:m);
ROLLBACK;

-- who may, who sees
CREATE ROLE regress_mk_numbers;
SELECT marketplace.access_grant(:m, 'regress_mk_numbers', 'seller', :beta) > 0 AS granted;
SELECT set_config('test.alpha', pg_temp.note(:m, :alpha)::text, false) <> '' AS kept, set_config('test.beta', pg_temp.note(:m, :beta)::text, false) <> '' AS kept;
SET ROLE regress_mk_numbers;
SELECT marketplace.series_issue(:m, current_setting('test.alpha')::jsonb);
SELECT marketplace.series_issue(:m, current_setting('test.beta')::jsonb);
SELECT DISTINCT issuer_name FROM marketplace.series_register WHERE marketplace_id = :m;
SELECT count(*) FROM marketplace.series_verify(:m, :beta);
SELECT count(*) FROM marketplace.series_verify(:m);
RESET ROLE;
REVOKE ALL ON ALL TABLES IN SCHEMA marketplace FROM regress_mk_numbers;
REVOKE ALL ON SCHEMA marketplace FROM regress_mk_numbers;
DROP ROLE regress_mk_numbers;
RESET marketplace.clock;
