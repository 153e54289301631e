# A plain owner dumps and restores: into a new database, into a new cluster, custom and plain format. The copy gives the same answers to
# every table, view and reader, and life goes on there: numbers follow, consumers read on, balances fold. Nothing needs a superuser.
use strict;
use warnings;
use MarketplaceTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = cluster('origin');
shop($node);
life($node, 'shop');
my $expected = answers($node, 'shop', 'shop');
my $dir      = PostgreSQL::Test::Utils::tempdir();
my @as       = ('-U', 'shop');

$node->command_ok([ 'pg_dump', @as, '-Fc', '-f', "$dir/shop.dump", 'shop' ], 'pg_dump as the owner, custom format');
$node->command_ok([ 'pg_dump', @as, '-f', "$dir/shop.sql", 'shop' ], '... plain');
$node->command_ok([ 'pg_dump', @as, '-s', '-f', "$dir/shop.schema", 'shop' ], '... schema only');

# What goes on in a copy: the steps that demo_life.sql left half done.
my $go_on = <<'SQL';
\set ON_ERROR_STOP on
SELECT id AS order_id FROM marketplace.orders WHERE marketplace_id = 1 \gset
SELECT max(id) FILTER (WHERE position = 2) AS line2 FROM marketplace.order_lines WHERE marketplace_id = 1 AND order_id = :order_id \gset
SELECT payout_id AS payout FROM marketplace.payout_overview WHERE marketplace_id = 1 \gset
SELECT refund_id AS refund FROM marketplace.refund_overview WHERE marketplace_id = 1 \gset
SELECT max(shipment_id) FILTER (WHERE state = 'created') AS shipment FROM marketplace.shipment_overview WHERE marketplace_id = 1 \gset
SELECT marketplace.receipt_confirm(1, jsonb_build_object('order_id', :order_id, 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line2, 'quantity', 1, 'condition', 'conform')))) > 0;
SELECT marketplace.payout_confirm(1, :payout, 'bank') = :payout;
SELECT marketplace.refund_confirm(1, :refund, 'bank') = :refund;
SELECT marketplace.ledger_fold(1) > 0;
SELECT marketplace.tick(1) >= 0;
SQL

sub goes_on
{
	my ($where, $at, $database, $epochs) = @_;
	my $owned = sql($at, $database, undef, q{SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'marketplace'::regnamespace
		AND relkind IN ('r', 'v', 'S') ORDER BY 1});
	is($owned, 'shop', "$where: tables, views and sequences belong to the owner");
	same_answers(answers($at, $database, 'shop'), $expected, $where);
	is(join("\n", findings($at, $database, 'shop')), '', "$where: the books are in order");

	my $unread = sql($at, $database, 'shop', q{SELECT count(*) FROM marketplace.events_fetch(1, 'erp', 10000)});
	is(sql($at, $database, 'shop', q{SELECT marketplace.ledger_post(1, '{"reason": "funding", "note": "first money of the platform", "transfers": [
		{"debit": {"kind": "o_cash"}, "credit": {"kind": "o_funding"}, "amount": "1000.00 EUR"}]}', 'life-funding')
		= (SELECT result FROM marketplace.requests WHERE request_key = 'life-funding')}), 't', "$where: a retry of a request from before changes nothing");
	is(sql($at, $database, 'shop', $go_on), "t\nt\nt\nt\nt", "$where: life goes on");
	is(sql($at, $database, 'shop', 'SELECT max(n), count(*) FROM marketplace.series_documents WHERE marketplace_id = 1'), '2|2',
		"$where: the next invoice has the next number");
	cmp_ok(sql($at, $database, 'shop', q{SELECT count(*) FROM marketplace.events_fetch(1, 'erp', 10000)}), '>', $unread, "$where: consumers read what is new");
	is(sql($at, $database, 'shop', 'SELECT count(*) FROM marketplace.xact_epochs'), $epochs, "$where: epochs");
	is(join("\n", findings($at, $database, 'shop')), '', "$where: the books are in order afterwards");
	return;
}

# Another database of the same cluster
sql($node, 'postgres', undef, "CREATE DATABASE $_ OWNER shop") for qw(custom plain);
$node->command_ok([ 'pg_restore', @as, '--exit-on-error', '-d', 'custom', "$dir/shop.dump" ], 'pg_restore as the owner, no error');
goes_on('custom, same cluster', $node, 'custom', 1);
$node->command_ok([ 'psql', @as, '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', 'plain', '-f', "$dir/shop.sql" ], 'the plain dump as the owner, no error');
goes_on('plain, same cluster', $node, 'plain', 1);

# Another cluster, whose transaction ids are behind those of the first
my $other = cluster('other');
sql($other, 'postgres', undef, 'CREATE ROLE shop LOGIN NOSUPERUSER');
sql($other, 'postgres', undef, 'CREATE DATABASE shop OWNER shop');
$other->command_ok([ 'pg_restore', @as, '--exit-on-error', '-j', '2', '-d', 'shop', "$dir/shop.dump" ], 'pg_restore into another cluster, two jobs');
goes_on('another cluster', $other, 'shop', 2);

# Upgraded = restored = fresh: migrate() brings guards and views back to what the code says, whatever they were.
sub schema_of
{
	my ($at, $database) = @_;
	$at->command_ok([ 'pg_dump', @as, '-s', '-n', 'marketplace', '-f', "$dir/$database.schema", $database ], "schema of $database");
	# a view that was restored is printed with a space more before VALUES, and with its type as the name of a column that has none
	return { map { s/\( VALUES/(VALUES/r =~ s/ AS (?:text|int8|"numeric")(,?)$/$1/r => 1 } grep { !/^(--|\\|SET |SELECT pg_catalog.set_config|$)/ } split /\n/, slurp_file("$dir/$database.schema") };
}

# The lines of one schema that the other has not
sub differences
{
	my ($one, $two) = @_;
	return join("\n", (map { "- $_" } grep { !$two->{$_} } sort keys %$one), map { "+ $_" } grep { !$one->{$_} } sort keys %$two);
}
shop($node, 'fresh');
my $fresh = schema_of($node, 'fresh');
sql($node, 'custom', 'shop', 'SELECT marketplace.migrate()');
is(differences($fresh, schema_of($node, 'custom')), '', 'restored and migrated is as fresh');
sql($node, 'plain', 'shop', <<'SQL');
DROP TRIGGER guard_insert ON marketplace.transfers;
ALTER TABLE marketplace.events DISABLE TRIGGER append_only;
DROP POLICY sees ON marketplace.order_lines;
ALTER TABLE marketplace.accounts DISABLE ROW LEVEL SECURITY;
DROP VIEW marketplace.trial_balance;
INSERT INTO marketplace.schema_history (version, code_hash) SELECT version, 'of an older code' FROM marketplace.schema_history LIMIT 1;
SELECT marketplace.migrate();
SQL
is(differences($fresh, schema_of($node, 'plain')), '', 'upgraded is as fresh');
is(join("\n", findings($node, 'plain', 'shop')), '', '... with its books in order');

$node->stop;
$other->stop;
done_testing();
