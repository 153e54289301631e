# Who sees and may do what, for roles that are no superusers: every table and view of the schema is looked at as each of them, and every
# function that changes something is called. Marketplaces 1 and 2 hold the same order of two sellers.
use strict;
use warnings;
use MarketplaceTest;
use Test::More;

my $node = cluster('roles');
shop($node);
life($node, 'shop');
sql($node, 'shop', 'shop', join '', "\\set m 2\n", map { '\i ' . fixture($_) . "\n" } qw(demo_parties demo_order demo_life));

my %party = map { split /\|/ } split /\n/, sql($node, 'shop', 'shop',
	q{SELECT reference || marketplace_id, id FROM marketplace.parties WHERE reference IN ('alpha', 'beta', 'buyer')});
sql($node, 'shop', undef, join ';', map { "CREATE ROLE $_ LOGIN" } qw(alpha beta buyer auditor operator operator2 stranger));
sql($node, 'shop', 'shop', <<SQL);
SELECT marketplace.access_grant(1, 'alpha', 'seller', $party{alpha1}), marketplace.access_grant(1, 'beta', 'seller', $party{beta1}),
	marketplace.access_grant(1, 'buyer', 'buyer', $party{buyer1}), marketplace.access_grant(1, 'auditor', 'auditor'),
	marketplace.access_grant(1, 'operator', 'operator'), marketplace.access_grant(2, 'operator2', 'operator');
SQL

my @relations = relations($node, 'shop', 'shop', 'rv');
# Tables and views of no marketplace: code, calendars, lifecycles of all.
my %shared = map { $_ => 1 } split /\n/, sql($node, 'shop', 'shop', <<'SQL');
SELECT c.relname FROM pg_class c
 WHERE c.relnamespace = 'marketplace'::regnamespace AND c.relkind IN ('r', 'v')
   AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'marketplace_id')
SQL
is(join(' ', grep { !/^(calendar|lifecycle|carriage_regime|event_types|incoterm_rules|liability_cap_builtin|tracking_adapters_builtin|policy_registry|tracking_(states|vocabulary_builtin)|schema_history|xact_epochs|invoice_(profiles|rules|mentions|status_codes|status_reasons)|ereporting_categories|retention_rules)/ } sort keys %shared), '',
	'what has no marketplace is code or calendars');

# What each statement comes to for a role: an SQLSTATE, or done (and undone).
sub outcomes
{
	my ($role, @statements) = @_;
	return split /\n/, sql($node, 'shop', $role, <<'SQL' . join '', map { 'SELECT pg_temp.outcome($$' . "$_\$\$);\n" } @statements);
CREATE FUNCTION pg_temp.outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RAISE EXCEPTION SQLSTATE 'P0999';
EXCEPTION
	WHEN SQLSTATE 'P0999' THEN RETURN 'done';
	WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
SQL
}

# count(rows) of each relation as a role, by marketplace
sub seen
{
	my ($role, $expression) = @_;
	$expression //= 'count(*)';
	my %seen;
	my $asked = join '', map { "SELECT '$_', marketplace_id, $expression FROM marketplace.$_ GROUP BY marketplace_id;\n" } grep { !$shared{$_} } @relations;
	for (split /\n/, sql($node, 'shop', $role, $asked))
	{
		my ($relation, $marketplace, $count) = split /\|/, $_, 3;
		# rows of all marketplaces
		$seen{$relation}{$marketplace} = $count if $marketplace ne '';
	}
	return \%seen;
}

# Outsiders and other tenants
my (undef, $error) = try_sql($node, 'shop', 'stranger', "SELECT * FROM marketplace.orders");
like($error, qr/permission denied for schema marketplace/, 'a role without a grant does not even reach the schema');
sql($node, 'shop', undef, 'GRANT USAGE ON SCHEMA marketplace TO stranger');
is(join(' ', grep { $_ ne '42501' } outcomes('stranger', map { "SELECT * FROM marketplace.$_" } @relations)), '',
	'... nor, with USAGE, any of the ' . @relations . ' tables and views');
sql($node, 'shop', undef, 'GRANT SELECT ON ALL TABLES IN SCHEMA marketplace TO stranger');
is(join(' ', sort keys %{ seen('stranger') }), '', '... and with SELECT on all of them it sees no row of any marketplace');

my $all = seen('shop');
for my $role (qw(alpha beta buyer auditor operator))
{
	my $seen = seen($role);
	is(join(' ', grep { exists $seen->{$_}{2} } sort keys %$seen), '', "$role of marketplace 1 sees no row of marketplace 2");
}
is(join(' ', grep { exists $_->{1} } values %{ seen('operator2') }), '', 'the operator of marketplace 2 sees no row of marketplace 1');

# Operator and auditor see all of theirs
my $seen = seen('auditor');
is(join(' ', grep { ($seen->{$_}{1} // 0) ne ($all->{$_}{1} // 0) } sort keys %$all), '', 'the auditor sees every row of its marketplace');
$seen = seen('operator');
is(join(' ', grep { ($seen->{$_}{1} // 0) ne ($all->{$_}{1} // 0) } sort keys %$all), '', 'so does the operator');

# A seller sees nothing that names the other seller, and of the shared order its own part.
for my $pair ([ 'alpha', 'beta' ], [ 'beta', 'alpha' ])
{
	my ($mine, $theirs) = @$pair;
	my ($me, $them) = ($party{"${mine}1"}, $party{"${theirs}1"});
	my $count = sub {
		my ($columns, $values) = @_;
		my @places = split /\n/, sql($node, 'shop', 'shop', <<SQL);
SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relnamespace = 'marketplace'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped AND ($columns) ORDER BY 1
SQL
		cmp_ok(scalar @places, '>', 10, "$mine looks for $theirs in " . @places . ' columns');
		return map { s/\|.*//r } grep { !/\|0$/ } split /\n/,
		  sql($node, 'shop', $mine, join '', map { my ($relation, $column) = split /\./;
			"SELECT '$_', count(*) FROM marketplace.$relation WHERE $column IN ($values);\n" } @places);
	};
	my @leaks = $count->("a.attname IN ('seller_id', 'party_id', 'issuer_id', 'mandator_id') OR a.attname = 'id' AND c.relname = 'parties'", $them);
	is(join(' ', @leaks), '', "$mine sees no row of $theirs");
	is(sql($node, 'shop', $mine, "SELECT count(*) FROM marketplace.orders"), '1', "... but the order they share");
	is(sql($node, 'shop', $mine, 'SELECT array_agg(DISTINCT seller_id) FROM marketplace.order_lines'), "{$me}", '... with its own lines');
	# a transfer, a movement, an invoice line … that belongs to one of the other's objects
	my $foreign = sql($node, 'shop', 'shop', <<SQL);
SELECT string_agg(id::text, ',') FROM marketplace.order_lines WHERE seller_id = $them
SQL
	my @lines = $count->("a.attname = 'order_line_id'", $foreign);
	is(join(' ', @lines), '', "... and nothing of the other's lines: transfers, movements, parcels, invoice lines");
	is(sql($node, 'shop', $mine, "SELECT array_agg(DISTINCT seller_id) FROM marketplace.funds_location(1, (SELECT id FROM marketplace.orders))"), "{$me}",
		'... funds_location() likewise');
}
is(sql($node, 'shop', 'alpha', 'SELECT count(*) > 0 FROM marketplace.invoice_register'), 't', 'the seller sees its invoices');
is(sql($node, 'shop', 'alpha', 'SELECT count(*) FROM marketplace.payout_overview'), '1', '... and its payout');
is(sql($node, 'shop', 'beta', 'SELECT (SELECT count(*) FROM marketplace.payout_overview) + (SELECT count(*) FROM marketplace.invoice_register)'), '0', 'the other has none yet');
is(sql($node, 'shop', 'buyer', 'SELECT count(*) FROM marketplace.order_lines'), '3', 'the buyer sees the whole of its order');
is(sql($node, 'shop', 'buyer', 'SELECT (SELECT count(*) FROM marketplace.payouts) + (SELECT count(*) FROM marketplace.commission_rules) + (SELECT count(*) FROM marketplace.bank_accounts)'),
	'0', '... but neither payouts nor commissions nor bank accounts of the sellers');

# Nobody writes a table: no granted role has more than SELECT, and PUBLIC has nothing.
is(sql($node, 'shop', undef, <<'SQL'), '', 'no role but the owner may write a table');
SELECT c.relname, r.rolname, p.privilege
  FROM pg_class c
 CROSS JOIN pg_roles r
 CROSS JOIN (VALUES ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE'), ('REFERENCES'), ('TRIGGER')) p(privilege)
 WHERE c.relnamespace = 'marketplace'::regnamespace AND c.relkind IN ('r', 'p', 'v')
   AND r.rolname IN ('alpha', 'beta', 'buyer', 'auditor', 'operator', 'operator2', 'stranger') AND has_table_privilege(r.oid, c.oid, p.privilege)
 ORDER BY 1, 2, 3
SQL
is(sql($node, 'shop', undef, <<'SQL'), '', 'row-level security is on for every table of a marketplace');
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'marketplace_id'
 WHERE c.relnamespace = 'marketplace'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity
SQL
is(sql($node, 'shop', undef, <<'SQL'), '', 'every view is read with the rights of who asks');
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'marketplace'::regnamespace AND c.relkind = 'v' AND NOT COALESCE('security_invoker=true' = ANY (c.reloptions), false)
SQL

# Functions: every one that changes something, with arguments that are valid for others. A stranger, the auditor and the operator of
# the other marketplace are refused (MK005) or find nothing there (MK004); nothing changes.
my %id = (
	order_id => 'orders', seller_order_id => 'seller_orders', order_line_id => 'order_lines', payment_id => 'payments', capture_id => 'captures',
	payout_id => 'payouts', refund_id => 'refunds', instruction_id => 'instructions', shipment_id => 'shipments', mandate_id => 'mandates',
	bank_account_id => 'bank_accounts', tracking_event_id => 'tracking_events', party_id => 'parties', invoice_id => 'invoices', seller_id => 'parties');
my %value = (
	reason => "'because'", amount => "'1.00 EUR'", quantity => '1', document => "'{}'", name => "'erp2'", role_name => "'alpha'", capacity => "'operator'",
	consumer => "'erp'", table_name => "'demo'", facts => q{'{"days": 1}'}, object_kind => "'x'", object_id => '1', money_receipt_id => '1', chargeback_id => '1', outcome => "'lost'", event_id => '1', after_event_id => '0', parameter => "'rd.due_roll'", value => q{'"none"'}, posting => "'{}'", accept => 'true');
my @functions = split /\n/, sql($node, 'shop', 'shop', <<'SQL');
SELECT p.proname, (SELECT string_agg(p.proargnames[n] || ':' || format_type(p.proargtypes[n - 1], NULL), ',' ORDER BY n) FROM generate_series(2, p.pronargs - p.pronargdefaults) n)
  FROM pg_proc p
 WHERE p.pronamespace = 'marketplace'::regnamespace AND p.provolatile = 'v' AND p.proargnames[1] = 'marketplace_id' AND p.prorettype = 'bigint'::regtype
 ORDER BY 1
SQL
cmp_ok(scalar @functions, '>', 30, scalar(@functions) . ' functions change something');
my $before = answers($node, 'shop', 'shop');
my %first = map { split /\|/ } split /\n/, sql($node, 'shop', 'shop',
	join ' UNION ALL ', map { "SELECT '$_', min(id) FROM marketplace.$_ WHERE marketplace_id = 1" } sort keys %{ { reverse %id } });
# Some need a document before they know whose matter it is.
my $proof = 'ab' x 32;
my %call = (
	hold_lift         => q{0, NULL, 'because'},
	return_request    => qq{'{"order_id": $first{orders}, "reason": "because", "lines": [{"order_line_id": $first{order_lines}, "quantity": 1}]}'},
	invoice_status_record => qq{'{"invoice_id": $first{invoices}, "code": "205"}'},
	mandate_sign      => qq{'{"mandator_id": $party{alpha1}, "form": "written", "signed_at": "2026-01-05T00:00:00Z", "proof_sha256": "$proof"}'},
	order_line_refuse => "$first{order_lines}, 1, 'because'",
	order_place       => qq{'{"reference": "x", "buyer": $party{buyer1}, "currency": "EUR", "lines": [{"seller": $party{alpha1}, "description": "a", "quantity": 1,
		"net_price": 1, "vat_category": "S", "vat_rate": 20}]}'},
	receipt_confirm   => qq{'{"order_id": $first{orders}, "lines": [{"order_line_id": $first{order_lines}, "quantity": 1, "condition": "conform"}]}'},
	shipment_create   => qq{'{"seller_order_id": $first{seller_orders}, "carrier": "RAPIDE", "parcels": [{"contents": [{"order_line_id": $first{order_lines}, "quantity": 1}]}]}'});
# Of an argument that is not known by name its type is: no object has the number 0.
my %plain = (bigint => '0', integer => '0', numeric => '1', boolean => 'true', jsonb => "'{}'", 'marketplace.amount' => "'1.00 EUR'",
	'timestamp with time zone' => 'now()', date => 'current_date', xml => "'<x/>'", bytea => "'x'", 'text[]' => "'{}'");
sub given { my ($name, $type) = @_; return $id{$name} ? "$first{$id{$name}}::bigint" : $value{$name} // $plain{$type} // "'?'" }
my @calls = map {
	my ($function, $arguments) = split /\|/;
	$call{$function} ? "SELECT marketplace.$function(1, $call{$function})" : "SELECT marketplace.$function(" . join(', ', 1, map { given(split /:/) } split /,/, $arguments // '') . ')';
} @functions;
for my $who ('stranger', 'auditor', 'operator2')
{
	my @outcomes = outcomes($who, @calls);
	is(join("\n", map { "$outcomes[$_] $calls[$_]" } grep { $outcomes[$_] !~ /^MK00[45]$/ } 0 .. $#calls), '', "$who changes nothing in marketplace 1");
}
same_answers(answers($node, 'shop', 'shop'), $before, 'afterwards');

# Parties: each for itself only.
my %of = map { split /\|/ } split /\n/, sql($node, 'shop', 'shop', <<SQL);
SELECT 'alpha_order', id FROM marketplace.seller_orders WHERE seller_id = $party{alpha1}
UNION ALL SELECT 'beta_order', id FROM marketplace.seller_orders WHERE seller_id = $party{beta1}
UNION ALL SELECT 'order', id FROM marketplace.orders WHERE marketplace_id = 1
UNION ALL SELECT 'alpha_line', max(id) FROM marketplace.order_lines WHERE seller_id = $party{alpha1}
UNION ALL SELECT 'alpha_invoice', max(invoice_id) FROM marketplace.invoice_register WHERE marketplace_id = 1
SQL
my @not_theirs = (
	[ 'beta',  "order_line_refuse(1, $of{alpha_line}, 1, 'x')" ],
	[ 'beta',  "shipment_create(1, '{\"seller_order_id\": $of{alpha_order}, \"carrier\": \"RAPIDE\", \"parcels\": [{\"contents\": [{\"order_line_id\": $of{alpha_line}, \"quantity\": 1}]}]}')" ],
	[ 'beta',  "bank_account_add(1, $party{alpha1}, '{\"iban\": \"DE89370400440532013000\", \"currency\": \"EUR\"}')" ],
	[ 'beta',  "invoice_document(1, $of{alpha_invoice})" ],
	[ 'beta',  'payout_run(1)' ],
	[ 'alpha', "receipt_confirm(1, '{\"order_id\": $of{order}, \"lines\": [{\"order_line_id\": $of{alpha_line}, \"quantity\": 1, \"condition\": \"conform\"}]}')" ],
	[ 'alpha', "bank_account_verify(1, (SELECT max(id) FROM marketplace.bank_accounts))" ],
	[ 'buyer', "seller_order_refuse(1, $of{beta_order}, 'x')" ],
	[ 'buyer', "policy_set(1, 'rd.due_roll', '\"none\"')" ],
	[ 'buyer', "access_grant(1, 'buyer', 'operator')" ],
	[ 'buyer', 'tick(1)' ]);
for (@not_theirs)
{
	my ($who, $call) = @$_;
	my ($function) = $call =~ /^(\w+)/;
	like((outcomes($who, "SELECT marketplace.$call"))[0], qr/^MK00[45]$/, "$who may not $function() for others");
}
is(sql($node, 'shop', 'buyer', "SELECT marketplace.receipt_confirm(1, '{\"order_id\": $of{order}, \"lines\": [{\"order_line_id\": $of{alpha_line}, \"quantity\": 1, \"condition\": \"conform\"}]}') > 0"),
	't', 'the buyer confirms what it received');
is(sql($node, 'shop', 'alpha', "SELECT marketplace.invoice_document(1, $of{alpha_invoice}) IS NOT NULL"), 't', 'the seller reads its invoice');

# Nobody becomes the owner by way of a schema of his own or of pg_temp.
sql($node, 'shop', undef, 'CREATE SCHEMA evil AUTHORIZATION alpha');
my $evil = sql($node, 'shop', 'alpha', <<SQL);
CREATE TABLE evil.told (who text);
CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE sql AS 'INSERT INTO evil.told VALUES (current_user) RETURNING pg_catalog.now()';
CREATE FUNCTION evil.max(bigint) RETURNS bigint LANGUAGE sql AS 'INSERT INTO evil.told VALUES (current_user) RETURNING \$1';
CREATE OPERATOR evil.= (leftarg = bigint, rightarg = bigint, function = int8eq);
CREATE TEMP TABLE order_lines (id bigint);
CREATE TEMP TABLE events (id bigint);
SET search_path = evil, pg_temp, marketplace, pg_catalog;
SELECT count(*) FROM marketplace.funds_location(1, $of{order});
SELECT count(*) FROM marketplace.order_timeline;
SELECT count(*) FROM evil.told;
SQL
like($evil, qr/^[1-9]\d*\n\d+\n0$/, 'objects of the caller are not used by the functions');
is(join("\n", findings($node, 'shop', 'shop')), '', 'the books are in order');
$node->stop;
done_testing();
