# The pages of doc/ say what is so: their SQL runs as it stands there, in order, by the plain owner of a database with the order of
# demo_order.sql, at the time that the examples are written for; their diagrams are what lifecycle_diagram() draws; functions and
# policies that they name exist.
use strict;
use warnings;
use MarketplaceTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $doc = "$FindBin::Bin/../../doc";
my %pages = map { m{([^/]+)\.md$} ? ($1 => slurp_file($_)) : () } glob "$doc/*.md";
delete $pages{reference};

my $node = cluster('doc');
shop($node);

my %known = map { $_ => 1 } split /\n/, sql($node, 'shop', 'shop', <<'SQL');
SELECT proname || '(' FROM pg_proc WHERE pronamespace = 'marketplace'::regnamespace
UNION ALL SELECT name FROM marketplace.policy_registry
SQL
$known{'noun_verb('} = 1;	# how functions are named

for my $page (sort keys %pages)
{
	my $text   = $pages{$page};
	my @blocks = $text =~ /^```sql\n(.*?)^```/msg;
	sql($node, 'postgres', undef, "CREATE DATABASE $page TEMPLATE shop OWNER shop");
	sql($node, 'postgres', undef, "ALTER DATABASE $page SET marketplace.clock = '2026-11-24 15:00+00'");
	sql($node, $page, undef, 'SELECT marketplace.clock(); GRANT SET ON PARAMETER marketplace.clock TO shop') if $page eq 'month';
	my ($out, $error, $status) = try_sql($node, $page, 'shop',
		join('', (map { '\i ' . fixture($_) . "\n" } qw(demo_parties demo_order)), @blocks));
	is($status, 0, "$page.md: its SQL runs to the end") or diag($error);
	is($error, '', '... without a word of complaint');
	is(join("\n", findings($node, $page, 'shop')), '', '... with books in order');

	(my $prose = $text) =~ s/^```.*?^```//msg;
	my @named = $prose =~ /`(?:marketplace\.)?([a-z]+_[a-z_]+\(|(?:fd|iv|lg|od|rd)\.[a-z_0-9]+)/g;
	my %unknown = map { $_ => 1 } grep { !$known{$_} } @named;
	is(join(', ', sort keys %unknown), '', '... it names no function or policy that does not exist');
	while ($text =~ /^<!-- lifecycle_diagram\('(\w+)'\) -->\n```mermaid\n(.*?)^```/msg)
	{
		my ($machine, $diagram) = ($1, $2);
		is($diagram, sql($node, $page, 'shop', "SELECT marketplace.lifecycle_diagram('$machine')"),
			"... it draws the lifecycle $machine as it is");
	}
}
$node->stop;
done_testing();
