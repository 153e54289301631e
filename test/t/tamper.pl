# Nothing recorded is changed by hand (DESIGN §1.3, §3): not by the owner of the tables, not by a superuser, not with
# session_replication_role = replica. Every table of the schema and every column is tried; what can be changed all the same is
# listed here with the reason, so that a new table without guards fails this test.
use strict;
use warnings;
use MarketplaceTest;
use Test::More;

my $node = cluster('tamper');
shop($node);
life($node, 'shop');

# Configuration and cursors that belong to whoever runs the marketplace. Everything else is refused.
my %open = (
	access_grants     => 'the owner says who may do what',
	calendars         => 'calendars are data',
	calendar_rules    => 'calendars are data',
	calendar_holidays => 'calendars are data',
	event_consumers   => 'cursors of readers',
	lifecycle_custom  => 'lifecycles of the users',
	requests          => 'what retries are answered with: to be emptied after a while',
	schema_history    => 'what migrate() did');

# Each way to write a table and what comes of it; whatever passes is undone.
my $try = <<'SQL';
SET search_path = marketplace;
CREATE FUNCTION pg_temp.outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE statement;
	GET DIAGNOSTICS n = ROW_COUNT;
	RAISE EXCEPTION USING ERRCODE = 'P0999', MESSAGE = n;
EXCEPTION
	WHEN SQLSTATE 'P0999' THEN RETURN 'done ' || SQLERRM;
	WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
-- another value for column %2$I; the rule of a domain would refuse before the guard does, so NULL there
CREATE FUNCTION pg_temp.other_value(kind text) RETURNS text LANGUAGE sql AS $$
SELECT CASE
	WHEN kind IN ('bigint', 'integer', 'smallint', 'numeric', 'date') THEN '%2$I + 1'
	WHEN kind = 'text' THEN '%2$I || ''x'''
	WHEN kind = 'name' THEN '''x'''
	WHEN kind = 'jsonb' THEN '''{"x": 1}'''
	WHEN kind = 'boolean' THEN 'NOT %2$I'
	WHEN kind = 'timestamp with time zone' THEN '%2$I + interval ''1 s'''
	WHEN kind = 'bytea' THEN '%2$I || ''\x00''::bytea'
	WHEN kind = 'marketplace.amount' THEN '%2$I + marketplace.amount_of_minor_units(1, marketplace.currency(%2$I))'
	ELSE 'NULL' END
$$;
CREATE TEMP TABLE tried (what text, outcome text);
DO $$
DECLARE
	t record;
	c record;
BEGIN
	FOR t IN SELECT oid, relname FROM pg_class WHERE relnamespace = 'marketplace'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname LOOP
		INSERT INTO tried VALUES
			(t.relname || '  TRUNCATE', pg_temp.outcome(format('TRUNCATE marketplace.%I CASCADE', t.relname))),
			(t.relname || '  DELETE', pg_temp.outcome(format('DELETE FROM marketplace.%I', t.relname))),
			(t.relname || '  INSERT', pg_temp.outcome(format(
				'INSERT INTO marketplace.%1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM marketplace.%1$I LIMIT 1', t.relname,
				(SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
				  WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''))));
		FOR c IN SELECT attname, pg_temp.other_value(format_type(atttypid, NULL)) AS expression
				   FROM pg_attribute
				  WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = '' LOOP
			INSERT INTO tried VALUES (t.relname || '.' || c.attname || '  UPDATE',
				pg_temp.outcome(format('UPDATE marketplace.%1$I SET %2$I = ' || c.expression || ' WHERE %2$I IS NOT NULL', t.relname, c.attname)));
		END LOOP;
	END LOOP;
END $$;
SELECT what, outcome FROM tried;
SQL

my @tries = (
	[ 'the owner',                       'shop', '' ],
	[ 'a superuser',                     undef,  '' ],
	[ 'a superuser in the replica role', undef,  'SET session_replication_role = replica;' ]);
for my $by (@tries)
{
	my ($who, $user, $first) = @$by;
	my (@passed, $refused);
	for (split /\n/, sql($node, 'shop', $user, "$first\n$try"))
	{
		my ($what, $outcome) = split /\|/;
		my ($place, $how) = split /  /, $what;
		my ($table) = split /\./, $place;
		next if $open{$table};
		# MK030: not even along the lifecycle
		if ($outcome =~ /^MK04[01]$/ || ($outcome eq 'MK030' && ($how eq 'INSERT' || $place =~ /\.state$/))) { $refused++; next; }
		# no row to change: such guards are looked up below
		next if $outcome eq 'done 0';
		push @passed, "$how $place: $outcome";
	}
	is(join("\n", sort @passed), '', "$who changes nothing that is recorded");
	cmp_ok($refused, '>', 100, "... and $refused statements were refused as such");
}

# Guards that had no row to refuse here: told by the catalog.
my $unguarded = sql($node, 'shop', undef, <<'SQL');
SELECT c.relname, e.event
  FROM pg_class c
 CROSS JOIN (VALUES ('INSERT', 4), ('DELETE', 8), ('UPDATE', 16), ('TRUNCATE', 32)) e(event, bit)
 WHERE c.relnamespace = 'marketplace'::regnamespace AND c.relkind IN ('r', 'p')
   AND NOT EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
					WHERE t.tgrelid = c.oid AND t.tgenabled = 'A' AND t.tgtype & e.bit <> 0 AND t.tgtype & 2 <> 0
					  AND (p.proname = 'guard_by_function' OR p.proname = 'guard_append_only' AND e.event <> 'INSERT'))
 ORDER BY 1, 2
SQL
is(join("\n", grep { my ($table) = split /\|/; !$open{$table} } split /\n/, $unguarded), '',
	'every other table has guards against INSERT, UPDATE, DELETE and TRUNCATE that are always enabled');

# Extension and schema
my (undef, $error) = try_sql($node, 'shop', 'shop', 'DROP EXTENSION marketplace');
like($error, qr/cannot drop extension marketplace because other objects depend on it/, 'DROP EXTENSION does not take the books with it');
is(join("\n", findings($node, 'shop', 'shop')), '', 'all that was tried left the books in order');

# What README says of DROP EXTENSION ... CASCADE: it takes columns out of the tables, the tables stay.
sql($node, 'postgres', undef, 'CREATE DATABASE scratch TEMPLATE shop OWNER shop');
my @tables = relations($node, 'scratch', 'shop', 'r');
sql($node, 'scratch', 'shop', 'DROP EXTENSION marketplace CASCADE');
is_deeply([ relations($node, 'scratch', 'shop', 'r') ], \@tables, 'DROP EXTENSION ... CASCADE leaves the tables ...');
is(sql($node, 'scratch', 'shop', <<'SQL'), '0', '... without their amounts');
SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
 WHERE c.relnamespace = 'marketplace'::regnamespace AND c.relname = 'transfers' AND a.attname = 'amount'
SQL
sql($node, 'scratch', 'shop', 'DROP SCHEMA marketplace CASCADE');
sql($node, 'scratch', 'shop', 'CREATE EXTENSION marketplace; SELECT marketplace.migrate()');
is(sql($node, 'scratch', 'shop', 'SELECT count(*) FROM marketplace.transfers'), '0', 'after DROP SCHEMA ... CASCADE one can begin again');

$node->stop;
done_testing();
