# kill -9 of the whole server in the midst of a payout_run() of thousands of lines, at four places of it. Afterwards there is no payout,
# with the books in order; and the same request key, asked again, gives one run.
use strict;
use warnings;
use IPC::Run;
use MarketplaceTest;
use Test::More;

plan skip_all => 'needs /proc to find all processes of a server' unless -r '/proc/self/stat';

my ($orders, $lines, $sellers) = (4, 500, 20);
# Processes are killed, not the machine: what they wrote is there without fsync.
my $node = cluster('crash_payout', conf => "fsync = off\nsynchronous_commit = on\nrestart_after_crash = off\nrecovery_init_sync_method = syncfs\n");
shop($node);
sql($node, 'shop', 'shop', <<SQL);
SELECT marketplace.marketplace_create(1, '{"name": "Crash", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "OPERATOR", "country": "FR", "siren": "100000009"}}');
SELECT marketplace.party_create(1, '{"name": "Buyer", "reference": "buyer", "country": "FR", "capacities": ["buyer"]}');
SELECT marketplace.bank_account_verify(1, marketplace.bank_account_add(1, marketplace.party_create(1, jsonb_build_object(
	'name', 'S' || i, 'country', 'FR', 'capacities', '["seller"]'::jsonb)), '{"iban": "FR1420041010050500013M02606", "currency": "EUR"}'))
  FROM generate_series(1, $sellers) i;
SELECT marketplace.payment_settle(1, marketplace.payment_capture(1, marketplace.payment_authorize(1, marketplace.order_place(1, jsonb_build_object(
	'reference', 'order ' || o, 'buyer', b.id, 'currency', 'EUR', 'lines', s.lines)), marketplace.amount(12.00 * $lines, 'EUR'), '{"method": "card"}')))
  FROM generate_series(1, $orders) o
 CROSS JOIN (SELECT id FROM marketplace.parties WHERE reference = 'buyer') b
 CROSS JOIN (SELECT jsonb_agg(jsonb_build_object('seller', s.id, 'description', 'l', 'quantity', 1, 'net_price', '10.00', 'vat_category', 'S', 'vat_rate', 20)) AS lines
			   FROM generate_series(1, $lines) i
			   JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM marketplace.parties WHERE name ~ '^S[0-9]') s ON s.n = 1 + i % $sellers) s;
SELECT marketplace.escrow_release(1, marketplace.seller_order_accept(1, id)) FROM marketplace.seller_orders ORDER BY id;
ANALYZE;
SQL

my $call     = q{SELECT marketplace.payout_run(1, '{}', 'the run')};
my $state    = 'SELECT (SELECT count(*) FROM marketplace.payouts), (SELECT count(*) FROM marketplace.payout_items)';
my $complete = sprintf '%d|%d', $sellers, $orders * $lines;

sub start_psql
{
	my ($command, $answer) = @_;
	return IPC::Run::start([ 'psql', '-XAtq', '-h', $node->host, '-p', $node->port, '-U', 'shop', '-d', 'shop', '-c', $command ],
		'<', \undef, '>', $answer, '2>', \my $lost);
}

# Waits until so many locks on the table are granted, or asked for in vain.
sub wait_for_lock
{
	my ($table, $granted) = @_;
	return $node->poll_query_until('shop', "SELECT count(*) > 0 FROM pg_locks
		WHERE relation = 'marketplace.$table'::regclass AND granted = $granted AND mode = '" . ($granted eq 'true' ? 'ShareLock' : 'RowExclusiveLock') . "'");
}

# Another session keeps the run from writing a table, so that it stands there when it is killed: before the payouts, between them and their
# items, before the books, before the outbox.
my ($nothing, @odd) = (0);
my @tables = qw(payouts payout_items transfers events);
for my $table (@tables)
{
	my ($kept, $answer) = ('', '');
	my $keeper = start_psql("BEGIN; LOCK TABLE marketplace.$table IN SHARE MODE; SELECT pg_sleep(180)", \$kept);
	wait_for_lock($table, 'true') or die "$table is not locked";
	my $run = start_psql($call, \$answer);
	wait_for_lock($table, 'false') or die "the run does not come to $table";
	kill_all($node);
	$_->finish for $run, $keeper;
	$node->start;
	my $found = sql($node, 'shop', 'shop', $state);
	$nothing += $found eq '0|0' && $answer eq '';
	push @odd, "killed before $table: $found, answered '$answer'" unless $found eq '0|0' && $answer eq '';
	push @odd, split /\n/, sql($node, 'shop', 'shop', 'SELECT * FROM marketplace.ledger_verify(1)');
}
is(join("\n", @odd), '', 'a crash in the midst of a run leaves nothing of it, and the books in order');
is($nothing, scalar @tables, '... wherever it stood');

my $run = sql($node, 'shop', 'shop', $call);
is(sql($node, 'shop', 'shop', $call), $run, 'the same key gives the same run');
is(sql($node, 'shop', 'shop', $state), $complete, '... which pays each line once');
is( sql($node, 'shop', 'shop', <<'SQL'), '0|0|0', '... all that was released, in one posting, with one instruction for each payout');
SELECT (SELECT count(*) FROM marketplace.accounts WHERE kind = 'c_seller' AND marketplace.sign(balance) <> 0),
	(SELECT count(DISTINCT posting_id) - 1 FROM marketplace.transfers WHERE reason = 'payout'),
	(SELECT count(*) FROM marketplace.payouts o
	  WHERE (SELECT count(*) FROM marketplace.instructions i WHERE i.object = 'payout' AND i.object_id = o.id) <> 1)
SQL
is(join("\n", findings($node, 'shop', 'shop')), '', '... with the books in order');
$node->stop;
done_testing();
