# The outbox handed to others: a consumer in Node that is killed in the midst and still has every event once (where node and its package
# pg are), and logical replication of the table of events alone, to a database that has no extension and to wal2json (where it is).
use strict;
use warnings;
use MarketplaceTest;
use Test::More;

my $node = cluster('outbox', allows_streaming => 'logical');
shop($node);
if (sql($node, 'postgres', undef, q{SELECT count(*) FROM pg_settings WHERE name = 'output_plugin_libraries'}))
{
	$node->append_conf('postgresql.conf', 'output_plugin_libraries = \'pgoutput, test_decoding, wal2json\'');
	$node->reload;
}
life($node, 'shop');
my $m = sql($node, 'shop', undef, 'SELECT min(marketplace_id) FROM marketplace.events WHERE type = \'order.placed\'');
my $events = "SELECT string_agg(id || type, ',' ORDER BY id) FROM marketplace.events WHERE marketplace_id = $m";
my $more = qq{SELECT count(marketplace.ledger_post($m, jsonb_build_object('reason', 'funding', 'note', n::text, 'transfers', '[
	{"debit": {"kind": "o_cash"}, "credit": {"kind": "o_funding"}, "amount": "1.00 EUR"}]'::jsonb))) FROM generate_series(1, 300) n};

# a second database of the same cluster would wait for itself to make the slot, so the slot is made first
sql($node, 'shop', 'shop', q{CREATE PUBLICATION erp FOR TABLE marketplace.events WITH (publish = 'insert')});
sql($node, 'shop', undef, q{SELECT pg_create_logical_replication_slot('erp', 'pgoutput')});
my $wal2json = eval { sql($node, 'shop', undef, q{SELECT pg_create_logical_replication_slot('json', 'wal2json')}); 1 };
my $columns = sql($node, 'shop', undef, q{SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum)
	FROM pg_attribute WHERE attrelid = 'marketplace.events'::regclass AND attnum > 0 AND NOT attisdropped});
sql($node, 'postgres', undef, 'CREATE DATABASE erp');
sql($node, 'erp', undef, "CREATE SCHEMA marketplace; CREATE TABLE marketplace.events ($columns, PRIMARY KEY (marketplace_id, id))");
sql($node, 'erp', undef, 'CREATE SUBSCRIPTION erp CONNECTION \'host=' . $node->host . ' port=' . $node->port
	. ' dbname=shop\' PUBLICATION erp WITH (create_slot = false, slot_name = erp)');
$node->wait_for_subscription_sync($node, 'erp', 'erp');
sql($node, 'shop', 'shop', $more);
$node->wait_for_catchup('erp');
is(sql($node, 'erp', undef, $events), sql($node, 'shop', undef, $events), 'a database without the extension subscribes to the events');
sql($node, 'erp', undef, 'DROP SUBSCRIPTION erp');

SKIP:
{
	skip 'no wal2json', 1 unless $wal2json;
	is(sql($node, 'shop', undef, q{SELECT count(*) FROM pg_logical_slot_get_changes('json', NULL, NULL, 'format-version', '2', 'add-tables',
		'marketplace.events') c(lsn, xid, data) WHERE data::jsonb ->> 'action' = 'I' AND data LIKE '%ledger.posted%'}), 300, 'wal2json tells each new event');
	sql($node, 'shop', undef, q{SELECT pg_drop_replication_slot('json')});
}

my $consumer = "$FindBin::Bin/../../doc/examples/erp-consumer/consumer.js";
SKIP:
{
	skip 'no node with the package pg', 2 if system("node -e \"require('pg')\" >/dev/null 2>&1") != 0;
	sql($node, 'shop', 'shop', "SELECT marketplace.event_consumer_create($m, 'node')");
	local $ENV{MARKETPLACE_URL} = 'postgresql://shop@/shop?host=' . $node->host . '&port=' . $node->port;
	local $ENV{ERP_URL} = 'postgresql:///erp?host=' . $node->host . '&port=' . $node->port;
	local @ENV{qw(MARKETPLACE_ID CONSUMER BATCH)} = ($m, 'node', 7);
	my $kills = 0;
	for my $tries (1 .. 4)
	{
		my $child = fork();
		exec('node', $consumer) or die if $child == 0;
		select(undef, undef, undef, 0.25 + $tries / 20);
		$kills += kill 'KILL', $child;
		waitpid($child, 0);
	}
	is(system('node', $consumer, '--once'), 0, "killed $kills times, then to the end");
	is(sql($node, 'erp', undef, "SELECT string_agg(event_id || type, ',' ORDER BY event_id) FROM erp_inbox WHERE marketplace_id = $m"),
		sql($node, 'shop', undef, $events), 'every event once');
}
$node->stop;
done_testing();
