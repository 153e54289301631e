# kill -9 of the whole server in the midst of a payout_run() of thousands of lines, again and again, a little later each time.
# Afterwards there is no payout or all of them, with the books in order; and the same request key, asked again, gives one run.
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

# A sequence moves at once, whatever becomes of the transaction: it says how far the run is.
sub reached
{
	my ($sequence) = @_;
	return sql($node, 'shop', 'shop', "SELECT last_value FROM marketplace.$sequence");
}

sub wait_until
{
	my ($sequence, $value) = @_;
	sql($node, 'shop', 'shop', "DO \$\$ BEGIN FOR i IN 1 .. 20000 LOOP EXIT WHEN (SELECT last_value >= $value FROM marketplace.$sequence);
		PERFORM pg_sleep(0.001); END LOOP; END \$\$");
	return;
}

my ($nothing, @odd) = (0);
for my $point ([ 'payouts_id_seq', 1 ], [ 'events_id_seq', $sellers ], [ 'accounts_id_seq', $orders * $lines / 2 ], [ 'posting_ids', 1 ])
{
	my ($sequence, $steps) = @$point;
	my ($from, $answer) = (reached($sequence), '');
	my $psql = IPC::Run::start([ 'psql', '-XAtq', '-h', $node->host, '-p', $node->port, '-U', 'shop', '-d', 'shop', '-c', $call ],
		'<', \undef, '>', \$answer, '2>', \my $lost);
	wait_until($sequence, $from + $steps);
	kill_all($node);
	$psql->finish;
	$node->start;
	my $found = sql($node, 'shop', 'shop', $state);
	my $untouched = $found eq '0|0' && $answer eq '';
	$nothing += $untouched;
	push @odd, "killed when $sequence moved by $steps: $found, answered '$answer'" unless $untouched || $found eq $complete;
	push @odd, split /\n/, sql($node, 'shop', 'shop', 'SELECT * FROM marketplace.ledger_verify(1)');
}
is(join("\n", @odd), '', 'a crash leaves all of a run or nothing of it, and the books in order');
cmp_ok($nothing, '>=', 3, "... nothing $nothing times");

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
