# What the TAP tests share: clusters with the extension, a shop owned by a plain role, what must hold of its books and what they
# answer. PostgreSQL::Test::Cluster reads TEMP_CONFIG, which says where the server finds the extension.
package MarketplaceTest;

use strict;
use warnings;
use Exporter 'import';
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(cluster shop sql try_sql script fixture findings answers same_answers relations life kill_all);

# A running cluster. Options: those of PostgreSQL::Test::Cluster::init, and conf => lines for postgresql.conf.
sub cluster
{
	my ($name, %options) = @_;
	my $conf = delete $options{conf} // '';
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(extra => [ '-E', 'UTF8', '--locale=C' ], %options);
	$node->append_conf('postgresql.conf',
		"log_statement = none\nmax_connections = 60\nshared_buffers = '64MB'\ntimezone = 'UTC'\nautovacuum = off\n$conf");
	$node->start;
	return $node;
}

# Runs statements and returns what they print, unaligned; dies with the server's message. The server's superuser is the runner.
sub sql
{
	my ($node, $database, $user, $statements) = @_;
	my ($out, $err, $status) = try_sql($node, $database, $user, $statements);
	die "$statements\n$err" if $status;
	return $out;
}

sub try_sql
{
	my ($node, $database, $user, $statements) = @_;
	my ($out, $err) = ('', '');
	my @as = $user ? ('-U', $user) : ();
	local $ENV{PGOPTIONS} = '-c client_min_messages=warning';
	my $status = $node->psql($database, $statements, stdout => \$out, stderr => \$err, on_error_stop => 1, extra_params => \@as);
	return ($out, $err, $status);
}

sub script
{
	my ($node, $database, $user, @files) = @_;
	return sql($node, $database, $user, join('', map { "\\i $_\n" } @files));
}

sub fixture { return "$FindBin::Bin/../fixtures/$_[0].sql"; }

# A database with the extension, made and owned by a role that is no superuser. Both are called `shop` unless named.
sub shop
{
	my ($node, $database, $owner) = @_;
	$database //= 'shop';
	$owner    //= 'shop';
	sql($node, 'postgres', undef, "CREATE ROLE $owner LOGIN NOSUPERUSER")
	  if sql($node, 'postgres', undef, "SELECT count(*) FROM pg_roles WHERE rolname = '$owner'") eq '0';
	sql($node, 'postgres', undef, "CREATE DATABASE $database OWNER $owner");
	sql($node, $database, $owner, 'CREATE EXTENSION marketplace');
	sql($node, $database, $owner, 'SELECT marketplace.migrate()');
	return $database;
}

# Two marketplaces with a life each: an order of two sellers in marketplace 1, books by hand in marketplace 2.
sub life
{
	my ($node, $database, $owner) = @_;
	return script($node, $database, $owner // 'shop', map { fixture($_) } qw(demo_parties demo_order demo_life));
}

# Everything that must always hold (DESIGN §1), one line for each thing that does not.
sub findings
{
	my ($node, $database, $user) = @_;
	my @marketplaces = split /\n/, sql($node, $database, $user,
		'SELECT DISTINCT marketplace_id FROM marketplace.events UNION SELECT DISTINCT marketplace_id FROM marketplace.accounts');
	my %verify = map { $_ => 1 } split /\n/, sql($node, $database, $user,
		q{SELECT proname FROM pg_proc WHERE pronamespace = 'marketplace'::regnamespace AND proname ~ '_(verify|check)$' AND proretset
		   AND pronargs - pronargdefaults = 1});
	my @found;
	for my $marketplace (@marketplaces)
	{
		for my $verify (sort keys %verify)
		{
			push @found, map { "$verify($marketplace): $_" }
			  split /\n/, sql($node, $database, $user, "SELECT * FROM marketplace.$verify($marketplace)");
		}
	}
	push @found, map { "quantity: $_" } split /\n/, sql($node, $database, $user, <<'SQL')
SELECT l.marketplace_id, l.id, l.cancelled, m.cancelled, l.shipped, m.shipped, l.delivered, m.delivered
  FROM marketplace.order_lines l
  LEFT JOIN LATERAL (
	SELECT COALESCE(sum(s.sign * s.quantity) FILTER (WHERE s.kind = 'cancel'), 0) AS cancelled,
		   COALESCE(sum(s.sign * s.quantity) FILTER (WHERE s.kind = 'ship'), 0) AS shipped,
		   COALESCE(sum(s.sign * s.quantity) FILTER (WHERE s.kind = 'deliver'), 0) AS delivered
	  FROM (SELECT CASE WHEN q.reverses IS NULL THEN 1 ELSE -1 END AS sign, q.quantity, q.kind
			  FROM marketplace.quantity_movements q
			 WHERE q.marketplace_id = l.marketplace_id AND q.order_line_id = l.id) s) m ON true
 WHERE (l.cancelled, l.shipped, l.delivered) IS DISTINCT FROM (m.cancelled, m.shipped, m.delivered)
	OR l.quantity <> l.cancelled + l.to_ship + l.shipped
	OR l.shipped <> l.in_transit + l.delivered + l.lost + l.sent_back
	OR l.delivered <> l.awaited + l.accepted + l.disputed + l.returned
SQL
	  if sql($node, $database, $user, "SELECT to_regclass('marketplace.order_lines') IS NOT NULL") eq 't';
	return @found;
}

# Tables (r), views (v) or both of the schema, by name.
sub relations
{
	my ($node, $database, $user, $kinds) = @_;
	return split /\n/, sql($node, $database, $user,
		"SELECT relname FROM pg_class WHERE relnamespace = 'marketplace'::regnamespace AND relkind::text ~ '[$kinds]' ORDER BY relname");
}

# Readers that are functions, and the arguments to call them with.
my %readers = (
	funds_location      => q{SELECT format('%s, %s', marketplace_id, id) FROM marketplace.orders ORDER BY 1},
	trial_balance_as_of => q{SELECT format('%s, NULL', m) FROM generate_series(1, 2) m},
	events_fetch        => q{SELECT format('%s, %L, 10000', marketplace_id, name) FROM marketplace.event_consumers ORDER BY 1},
	invoice_document    => q{SELECT format('%s, %s', marketplace_id, id) FROM marketplace.invoices ORDER BY 1},
	parcel_history      => q{SELECT format('%s, %s', marketplace_id, id) FROM marketplace.parcels ORDER BY 1},
	lifecycle_diagram   => q{SELECT DISTINCT quote_literal(machine) FROM marketplace.lifecycle ORDER BY 1});

# What every table, view and reader answers, as text: two databases with the same books give the same.
sub answers
{
	my ($node, $database, $user) = @_;
	# An age is another one at every look.
	my %aged = map { $_ => 1 } split /\n/, sql($node, $database, $user, q{SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE c.relnamespace = 'marketplace'::regnamespace AND a.attname = 'age' AND NOT a.attisdropped});
	my @asked = map { my $t = $aged{$_} ? q{to_jsonb(t) - 'age'} : 't'; [ $_, qq{SELECT $t FROM marketplace.$_ t ORDER BY ($t)::text COLLATE "C"} ] }
		relations($node, $database, $user, 'rv');
	for my $reader (sort keys %readers)
	{
		next if sql($node, $database, $user, "SELECT to_regproc('marketplace.$reader') IS NULL") eq 't';
		push @asked, [ $reader, "SELECT '$_', r FROM marketplace.$reader($_) r" =~ s/'(.*?)', r FROM/\$\$$1\$\$, r FROM/r ]
		  for split /\n/, sql($node, $database, $user, $readers{$reader});
	}
	my ($name, %answers) = ('');
	for (split /\n/, sql($node, $database, $user, join('', map { "\\echo <<$_->[0]>>\n$_->[1];\n" } @asked)))
	{
		if (/^<<(\w+)>>$/) { $name = $1; $answers{$name} //= ''; next; }
		$answers{$name} .= "$_\n";
	}
	return \%answers;
}

# One assertion for all of them; what differs is shown.
sub same_answers
{
	my ($got, $expected, $name) = @_;
	my @different = grep { ($got->{$_} // '') ne ($expected->{$_} // '') } sort keys %{ { %$expected, %$got } };
	diag("$_\n-- expected\n" . ($expected->{$_} // '') . "-- got\n" . ($got->{$_} // '')) for @different;
	my $asked = keys %$expected;
	return is(join(', ', @different), '', "$name: $asked tables, views and readers answer the same");
}

# The postmaster and all that it started, killed at once; then gone. Needs /proc. Returns how many sessions and helpers died with it.
sub kill_all
{
	my ($node) = @_;
	my ($postmaster) = split /\n/, slurp_file($node->data_dir . '/postmaster.pid');
	opendir my $proc, '/proc' or return;
	my @children = grep { /^\d+$/ && -r "/proc/$_/stat" && (eval { slurp_file("/proc/$_/stat") } // '') =~ /\) \S $postmaster / } readdir $proc;
	closedir $proc;
	kill 'KILL', $postmaster, @children;
	for (1 .. 200)
	{
		# a zombie is gone, whether or not anybody has asked after it
		last unless grep { (eval { slurp_file("/proc/$_/stat") } // ') Z ') !~ /\) [ZX] / } @children;
		select undef, undef, undef, 0.05;
	}
	# ... but a server that starts would take the number of a zombie for the postmaster's
	unlink $node->data_dir . '/postmaster.pid', $node->host . '/.s.PGSQL.' . $node->port . '.lock';
	# PostgreSQL::Test::Cluster learns that the server is gone
	$node->kill9;
	return scalar @children;
}

1;
