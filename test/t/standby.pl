# Copies of a running shop. A streaming standby gives the same answers, read-only, and goes on when it is promoted. Logical replication
# carries the books to another cluster, although guards that are always enabled refuse to write them there by hand.
use strict;
use warnings;
use MarketplaceTest;
use Test::More;

my $primary = cluster('primary', allows_streaming => 'logical');
shop($primary);
life($primary, 'shop');
$primary->backup('backup');

my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;
my $post = q{SELECT marketplace.ledger_post(1, '{"reason": "funding", "note": "more", "transfers": [
	{"debit": {"kind": "o_cash"}, "credit": {"kind": "o_funding"}, "amount": "1.00 EUR"}]}') > 0};
sql($primary, 'shop', 'shop', $post);
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));

my $expected = answers($primary, 'shop', 'shop');
same_answers(answers($standby, 'shop', 'shop'), $expected, 'standby');
is(join("\n", findings($standby, 'shop', 'shop')), '', 'the books are proved on the standby');
cmp_ok(sql($standby, 'shop', 'shop', q{SELECT count(*) FROM marketplace.events_fetch(1, 'erp', 10000)}), '>', 0, 'events are read on the standby');
my (undef, $error) = try_sql($standby, 'shop', 'shop', $post);
like($error, qr/cannot execute .* in a read-only transaction|cannot assign TransactionIds during recovery/, 'a posting on the standby is refused');
(undef, $error) = try_sql($standby, 'shop', 'shop', q{SELECT marketplace.events_ack(1, 'erp', (SELECT max(id) FROM marketplace.events), 'on-standby')});
like($error, qr/cannot execute .* in a read-only transaction/, 'so is any other change');

# Logical replication of all tables; the subscriber has the extension, migrated, and no rows.
sql($primary, 'shop', undef, 'CREATE PUBLICATION books FOR ALL TABLES');
my $copy = cluster('copy', allows_streaming => 'logical');
shop($copy);
# the one row that migrate() writes comes from the publisher too
sql($copy, 'shop', 'shop', 'DELETE FROM marketplace.schema_history');
my $connection = 'host=' . $primary->host . ' port=' . $primary->port . ' dbname=shop';
sql($copy, 'shop', undef, "CREATE SUBSCRIPTION books CONNECTION '$connection' PUBLICATION books");
$copy->wait_for_subscription_sync($primary, 'books', 'shop');
sql($primary, 'shop', 'shop', $post);
sql($primary, 'shop', 'shop', q{SELECT marketplace.events_ack(1, 'erp', (SELECT max(id) FROM marketplace.events))});
$primary->wait_for_catchup('books');

$expected = answers($primary, 'shop', 'shop');
same_answers(answers($copy, 'shop', 'shop'), $expected, 'subscriber');
is(join("\n", findings($copy, 'shop', 'shop')), '', 'the books are proved on the subscriber');
(undef, $error) = try_sql($copy, 'shop', undef, 'DELETE FROM marketplace.transfers');
like($error, qr/rows of "transfers" are never changed or removed/, 'by hand the subscriber\'s books are not written either');

# The subscriber takes over: it numbers on where the publisher ended. Sequences do not travel, so they are set first (README).
sql($copy, 'shop', undef, 'DROP SUBSCRIPTION books');
my $max = sql($copy, 'shop', 'shop', 'SELECT max(posting_id) FROM marketplace.transfers');
sql($copy, 'shop', 'shop', $_) for split /\n/, sql($copy, 'shop', 'shop', <<'SQL');
SELECT format('SELECT setval(%L, (SELECT max(%I) FROM marketplace.%I))', pg_get_serial_sequence('marketplace.' || quote_ident(c.relname), a.attname), a.attname, c.relname)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attidentity <> ''
 WHERE c.relnamespace = 'marketplace'::regnamespace
SQL
is(sql($copy, 'shop', 'shop', $post), 't', 'the subscriber takes over');
is(sql($copy, 'shop', 'shop', "SELECT max(posting_id) > $max FROM marketplace.transfers"), 't', '... and goes on with the numbers of postings');
is(sql($copy, 'shop', 'shop', 'SELECT count(*) FROM marketplace.xact_epochs'), '2', '... in an epoch of its own');
is(sql($copy, 'shop', 'shop', q{SELECT count(*) FROM marketplace.events_fetch(1, 'erp')}), '1', '... and its consumers read on where they were');
is(join("\n", findings($copy, 'shop', 'shop')), '', '... with books in order');

# The standby is promoted.
my $last = sql($primary, 'shop', 'shop', 'SELECT max(xact) FROM marketplace.transfers');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
$primary->stop;
$standby->promote;
is(sql($standby, 'shop', 'shop', $post), 't', 'the promoted standby goes on');
is(sql($standby, 'shop', 'shop', "SELECT max(xact) > $last, (SELECT count(*) FROM marketplace.xact_epochs) FROM marketplace.transfers"), 't|1',
	'... in the same epoch');
is(join("\n", findings($standby, 'shop', 'shop')), '', '... with books in order');

$standby->stop;
$copy->stop;
done_testing();
