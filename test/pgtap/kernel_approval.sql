-- Four eyes (FD-54): what one person asks for, a second one approves, exactly that, in time, for one use.
SET search_path = marketplace, public;
SET client_min_messages = warning;
SET marketplace.clock = '2026-03-02 08:00+00';
SELECT plan(24);

\set m 57001
SELECT ok(marketplace_create(:m, '{"name": "Approvals", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "OPERATOR", "country": "FR", "siren": "100000009"}}') > 0, 'a marketplace');
CREATE FUNCTION pg_temp.hash(m int, approval bigint) RETURNS text LANGUAGE sql AS
$$ SELECT content_hash FROM approvals WHERE marketplace_id = m AND approval_id = approval $$;

SET marketplace.actor = 'alice';
SELECT approval_request(:m, 'test', 1, '{"amount": "10.00 EUR", "to": "somebody"}', '10.00 EUR', 'a reason') AS a \gset
SELECT results_eq(format('SELECT state, open, requester, amount, currency, expires_at FROM approvals WHERE marketplace_id = %s AND approval_id = %s', :m, :a),
	$$VALUES ('requested', true, 'alice', 10.00, 'EUR', '2026-03-03 08:00+00'::timestamptz)$$, 'FD-54 asked for, for 24 hours');
SELECT is(pg_temp.hash(:m, :a), encode(sha256(convert_to(content::text, 'UTF8')), 'hex'), 'FD-54 the hash is of the content''s text')
  FROM approvals WHERE marketplace_id = :m AND approval_id = :a;
SELECT throws_ok(format('SELECT approval_request(%s, %L, 1, %L, %L)', :m, 'test', '{"to": "somebody", "amount": "10.00 EUR"}', '10.00 EUR'), 'MK006', NULL,
	'the same content is asked for once, however it is written');
SELECT throws_ok(format('SELECT approval_give(%s, %s, %L)', :m, :a, pg_temp.hash(:m, :a)), 'MK090', 'alice may not approve what alice asked for', 'FD-54 not by the requester');

SET marketplace.actor = 'bob';
SELECT throws_ok(format('SELECT approval_give(%s, %s, %L)', :m, :a, repeat('0', 64)), 'MK090', NULL, 'FD-54 the approval names the content');
SELECT is(approval_give(:m, :a, pg_temp.hash(:m, :a)), :a::bigint, 'FD-54 a second person approves');
SELECT results_eq(format('SELECT state, open, decided_by FROM approvals WHERE marketplace_id = %s AND approval_id = %s', :m, :a), $$VALUES ('given', true, 'bob')$$, '... by name');
SELECT throws_ok(format('SELECT approval_give(%s, %s, %L)', :m, :a, pg_temp.hash(:m, :a)), 'MK090', NULL, '... once');
SELECT throws_ok(format('SELECT approval_request(%s, %L, 1, %L, %L)', :m, 'test', '{"to": "somebody", "amount": "10.00 EUR"}', '10.00 EUR'), 'MK006', NULL,
	'... and it need not be asked for again');

-- other content replaces it
SELECT approval_request(:m, 'test', 1, '{"amount": "11.00 EUR", "to": "somebody"}', '11.00 EUR') AS b \gset
SELECT is((SELECT state FROM approvals WHERE marketplace_id = :m AND approval_id = :a), 'superseded', 'FD-54 an approval is not for other content');
SET marketplace.actor = 'alice';
SELECT is(approval_refuse(:m, :b, 'too much'), :b::bigint, 'refused');
SELECT throws_ok(format('SELECT approval_give(%s, %s, %L)', :m, :b, pg_temp.hash(:m, :b)), 'MK090', NULL, '... for good');
SELECT is((SELECT answer FROM approvals WHERE marketplace_id = :m AND approval_id = :b), 'too much', '... with the reason');

-- time
SELECT approval_request(:m, 'test', 1, '{"amount": "12.00 EUR"}') AS c \gset
SET marketplace.actor = 'bob';
SET marketplace.clock = '2026-03-03 08:00+00';
SELECT throws_ok(format('SELECT approval_give(%s, %s, %L)', :m, :c, pg_temp.hash(:m, :c)), 'MK090', NULL, 'FD-54 a request has its time (fd.approval_ttl)');
SELECT isnt(approval_request(:m, 'test', 1, '{"amount": "12.00 EUR"}'), :c::bigint, '... and may be made again');

-- the constraint, whoever writes
SELECT throws_ok(format('UPDATE approval_requests SET state = %L, decided_by = requester, decided_at = now() WHERE marketplace_id = %s AND state = %L', 'given', :m, 'requested'), 'MK041', NULL,
	'written by functions only');
SET session_replication_role = replica;
ALTER TABLE approval_requests DISABLE TRIGGER USER;
SELECT throws_ok(format('UPDATE approval_requests SET state = %L, decided_by = requester, decided_at = now() WHERE marketplace_id = %s AND state = %L', 'given', :m, 'requested'), '23514', NULL,
	'FD-54 four eyes is a constraint of the table');
ALTER TABLE approval_requests ENABLE TRIGGER USER;
RESET session_replication_role;
SELECT lives_ok('ALTER TABLE approval_requests ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate, ENABLE ALWAYS TRIGGER lifecycle,
	ENABLE ALWAYS TRIGGER written_by_function', 'guards are back');

-- who acts: a trusted role says it, any other is who he is
RESET marketplace.actor;
CREATE ROLE approval_pool;
CREATE ROLE approval_clerk;
GRANT USAGE ON SCHEMA marketplace TO approval_pool, approval_clerk;
SELECT is(access_grant(:m, 'approval_pool', 'operator', trusted => true) > 0 AND access_grant(:m, 'approval_clerk', 'operator') > 0, true, 'two operators, one of them a pool');
SET ROLE approval_clerk;
SET marketplace.actor = 'carol';
SELECT approval_request(:m, 'test', 2, '{"a": 1}') AS d \gset
SET ROLE approval_pool;
SET marketplace.actor = 'approval_clerk';
SELECT is((SELECT requester FROM approvals WHERE marketplace_id = :m AND approval_id = :d), 'approval_clerk', 'SETTLED 12 an untrusted role cannot name another');
SELECT throws_ok(format('SELECT approval_give(%s, %s, %L)', :m, :d, content_hash), 'MK090', NULL, 'FD-54 the same person through the pool is the same person')
  FROM approvals WHERE marketplace_id = :m AND approval_id = :d;
SET marketplace.actor = 'carol';
SELECT is(approval_give(:m, :d, content_hash), :d::bigint, 'SETTLED 12 a pool says who acts') FROM approvals WHERE marketplace_id = :m AND approval_id = :d;
RESET ROLE;
RESET marketplace.actor;
SELECT throws_ok(format('SELECT approval_request(%s, %L, 1, %L)', :m, 'No Kind', '{}'), 'MK002', NULL, 'a kind is a word');
DROP OWNED BY approval_pool, approval_clerk;
DROP ROLE approval_pool, approval_clerk;
SELECT * FROM finish();
