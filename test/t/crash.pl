# kill -9 of the whole server, postmaster and sessions, ten times under a mixed load of eight clients. Afterwards the books, the series, the
# quantities and the histories are in order, and no call whose commit was acknowledged is lost: each client writes down a request key
# once it has the answer, and the key must be there with that answer.
use strict;
use warnings;
use IPC::Run;
use MarketplaceTest;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'needs /proc to find all processes of a server' unless -r '/proc/self/stat';

my ($clients, $bursts, $seconds) = (8, 10, 0.7);
my $node = cluster('crash', conf => "fsync = on\nsynchronous_commit = on\nrestart_after_crash = off\nrecovery_init_sync_method = syncfs\n");
shop($node);
life($node, 'shop');
my ($buyer, $alpha, $beta) = split /\|/, sql($node, 'shop', 'shop', <<'SQL');
SELECT max(id) FILTER (WHERE reference = 'buyer'), max(id) FILTER (WHERE reference = 'alpha'), max(id) FILTER (WHERE reference = 'beta') FROM marketplace.parties
SQL

# One life of an order, each call with a key; what is printed was committed. Both sellers' series and summed accounts are shared by all.
sub order_life
{
	my ($key) = @_;
	my $calls = <<SQL;
order=order_place(1, '{"reference": "$key", "buyer": $buyer, "currency": "EUR", "lines": [
	{"seller": $alpha, "description": "a", "quantity": 3, "net_price": "10.01", "vat_category": "S", "vat_rate": 20},
	{"seller": $beta, "description": "b", "quantity": 1, "net_price": "7.77", "vat_category": "S", "vat_rate": 5.5}]}',
payment=payment_authorize(1, :order, '44.24 EUR', '{"method": "card"}',
capture=payment_capture(1, :payment, NULL,
settled=payment_settle(1, :capture, '0.30 EUR', NULL,
accepted=seller_order_accept(1, :part,
shipment=shipment_create(1, jsonb_build_object('seller_order_id', :part, 'carrier', 'RAPIDE', 'parcels', jsonb_build_array(
	jsonb_build_object('tracking_number', 'K$key', 'contents', jsonb_build_array(jsonb_build_object('order_line_id', :line, 'quantity', 2))))),
handed_over=shipment_hand_over(1, :shipment,
tracked=tracking_record(1, jsonb_build_object('source', 'rapide', 'source_event_id', 'K$key', 'carrier', 'RAPIDE', 'tracking_number', 'K$key', 'state', 'delivered', 'occurred_at', now()),
receipt=receipt_confirm(1, jsonb_build_object('order_id', :order, 'lines', jsonb_build_array(jsonb_build_object('order_line_id', :line, 'quantity', 2, 'condition', 'conform'))),
refused=order_line_refuse(1, :line, 1, 'none left',
SQL
	my $script = '';
	for my $call (split /,\n(?=\w+=|\z)/, $calls)
	{
		my ($name, $function) = $call =~ /^(\w+)=(.*)$/s or next;
		$script .= "SELECT marketplace.$function, '$key-$name') AS $name \\gset\n\\echo $key-$name :$name\n";
		$script .= "SELECT max(id) AS line, max(seller_order_id) AS part FROM marketplace.order_lines WHERE marketplace_id = 1 AND order_id = :order AND position = 1 \\gset\n"
		  if $name eq 'order';
	}
	return $script;
}

# What the operator's jobs do beside it
sub job
{
	my ($key) = @_;
	my $script = '';
	for my $call ('tick(1, 100', 'ledger_fold(1', q[payout_run(1, '{}'], q[policy_set(1, 'rd.due_roll', '"none"', '{}', NULL, 'load'])
	{
		my ($name) = $call =~ /^(\w+)/;
		$script .= "SELECT marketplace.$call, '$key-$name') AS $name \\gset\n\\echo $key-$name :$name\n";
	}
	return $script;
}

my $dir = PostgreSQL::Test::Utils::tempdir();
my $killed = 0;
for my $burst (1 .. $bursts)
{
	my @running;
	for my $client (1 .. $clients)
	{
		my $script = "\\set ON_ERROR_STOP on\n" . join '', map { $client == $clients ? job("$burst-$client-$_") : order_life("$burst-$client-$_") } 1 .. 150;
		append_to_file("$dir/$burst-$client.sql", $script);
		my $log = "$dir/$burst-$client.acknowledged";
		push @running, IPC::Run::start([ 'psql', '-XAtq', '-h', $node->host, '-p', $node->port, '-U', 'shop', '-d', 'shop', '-f', "$dir/$burst-$client.sql" ],
			'<', \undef, '>', $log, '2>', "$log.err");
	}
	# not always at the same point
	select undef, undef, undef, $seconds + ($burst % 5) / 7;
	$killed += kill_all($node);
	$_->finish for @running;
	$node->start;
}
cmp_ok($killed, '>=', $bursts * $clients, "$killed processes were killed");

my (%acknowledged, @errors);
for my $file (glob "$dir/*.acknowledged")
{
	/^(\S+) (\d+)$/ and $acknowledged{$1} = $2 for split /\n/, slurp_file($file);
	push @errors, grep { /ERROR/ } split /\n/, slurp_file("$file.err");
}
is(join("\n", @errors), '', 'no client had an error but the loss of the server');
my $calls = keys %acknowledged;
cmp_ok($calls, '>', 100, "$calls calls were acknowledged");
my %stored = map { split /\|/ } split /\n/, sql($node, 'shop', 'shop', 'SELECT request_key, result FROM marketplace.requests WHERE result IS NOT NULL');
is(join(' ', grep { ($stored{$_} // '') ne $acknowledged{$_} } sort keys %acknowledged), '', '... none of them is lost, none gave another answer');
is(sql($node, 'shop', 'shop', 'SELECT count(*) FROM marketplace.requests WHERE result IS NULL'), '0', 'no call was stored half');
is(join("\n", findings($node, 'shop', 'shop')), '', 'books, series, quantities, histories and invoices are in order');
my $invoices = sql($node, 'shop', 'shop', 'SELECT count(*) FROM marketplace.series_documents');
cmp_ok($invoices, '>', 5, "... of $invoices invoices");

# A client that never got its answer asks again: the retry goes on where the crash left it.
my $again = "\\set ON_ERROR_STOP on\n" . order_life("$bursts-1-300") . job("$bursts-$clients-300");
my (undef, $error, $status) = try_sql($node, 'shop', 'shop', $again);
is($error, '', 'life goes on');
$node->stop;
done_testing();
