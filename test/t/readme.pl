# The tour of README.md runs as it stands there, for the plain owner of an empty database.
use strict;
use warnings;
use MarketplaceTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $readme = slurp_file("$FindBin::Bin/../../README.md");
my @blocks = $readme =~ /^```sql\n(.*?)^```/msg;
plan skip_all => 'the tour is not written yet' if @blocks && $blocks[0] =~ /^TOUR$/m;
is(scalar @blocks, 1, 'README.md has one block of SQL');

my $node = cluster('readme');
sql($node, 'postgres', undef, 'CREATE ROLE shop LOGIN NOSUPERUSER');
sql($node, 'postgres', undef, 'CREATE DATABASE shop OWNER shop');
my ($out, $error, $status) = try_sql($node, 'shop', 'shop', $blocks[0]);
is($status, 0, 'the tour runs to its end') or diag($error);
is($error, '', '... without a word of complaint');
unlike($out, qr/^\s*$/, '... and shows something');
is(join("\n", findings($node, 'shop', 'shop')), '', '... with books in order');
$node->stop;
done_testing();
