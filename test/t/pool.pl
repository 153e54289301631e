# Behind PgBouncer in transaction mode: clients of different roles and tenants share server sessions, one transaction each. What a
# session keeps (plans, rights, lifecycles, the acting person) must not pass from one client to the next.
use strict;
use warnings;
use File::Spec;
use IPC::Run;
use MarketplaceTest;
use PostgreSQL::Test::Utils;
use Test::More;

my ($bouncer) = grep { -x } map { File::Spec->catfile($_, 'pgbouncer') } (split(/:/, $ENV{PATH}), '/usr/sbin', '/usr/local/sbin');
plan skip_all => 'no pgbouncer here' unless $bouncer;

my $node = cluster('pooled');
shop($node);
life($node, 'shop');
my ($alpha, $beta) = split /\|/, sql($node, 'shop', 'shop',
	q{SELECT max(id) FILTER (WHERE reference = 'alpha'), max(id) FILTER (WHERE reference = 'beta') FROM marketplace.parties});

# The pool logs in as one role, which may become the others.
sql($node, 'shop', undef, <<'SQL');
CREATE ROLE pool LOGIN NOINHERIT;
CREATE ROLE alpha;
CREATE ROLE beta;
CREATE ROLE desk;
CREATE ROLE stranger;
GRANT alpha, beta, desk, stranger TO pool;
SQL
sql($node, 'shop', 'shop', <<SQL);
SELECT marketplace.access_grant(1, 'alpha', 'seller', $alpha);
SELECT marketplace.access_grant(1, 'beta', 'seller', $beta);
SELECT marketplace.access_grant(1, 'desk', 'operator', trusted := true);
SQL

my $dir  = PostgreSQL::Test::Utils::tempdir_short();
my $port = PostgreSQL::Test::Cluster::get_free_port();
my ($host, $server_port) = ($node->host, $node->port);
append_to_file("$dir/users.txt", qq("pool" ""\n));
append_to_file("$dir/pgbouncer.ini", <<INI);
[databases]
shop = host=$host port=$server_port dbname=shop user=pool
[pgbouncer]
listen_addr =
listen_port = $port
unix_socket_dir = $dir
auth_type = trust
auth_file = $dir/users.txt
pool_mode = transaction
default_pool_size = 1
max_client_conn = 100
ignore_startup_parameters = extra_float_digits,options
logfile = $dir/pgbouncer.log
pidfile = $dir/pgbouncer.pid
INI
my $pool = IPC::Run::start([ $bouncer, '-q', "$dir/pgbouncer.ini" ], '<', \undef, '>', "$dir/out", '2>', "$dir/err");
for (1 .. 100)
{
	last if -S "$dir/.s.PGSQL.$port";
	select undef, undef, undef, 0.1;
}

# One client: sends the text to the pool and returns what came back.
sub client
{
	my ($text) = @_;
	my ($out, $err) = ('', '');
	local $ENV{PGOPTIONS};
	delete $ENV{PGOPTIONS};
	IPC::Run::run([ 'psql', '-XAtq', '-h', $dir, '-p', $port, '-U', 'pool', '-d', 'shop', '-v', 'ON_ERROR_STOP=1', '-f', '-' ], '<', \$text, '>', \$out, '2>', \$err);
	chomp($out, $err);
	return $out ne '' ? $out : $err;
}

sub as { my ($role, $text) = @_; return "BEGIN; SET LOCAL ROLE $role; $text; COMMIT;\n"; }

my $backend = client('SELECT pg_backend_pid()');
like($backend, qr/^\d+$/, 'the pool answers') or diag(slurp_file("$dir/pgbouncer.log"));
is(client('SELECT pg_backend_pid()'), $backend, '... and its clients share one session');

# Rights, row-level security and plans follow the role of the transaction.
my $lines  = 'SELECT count(*), min(seller_id) FROM marketplace.order_lines';
my $verify = 'SELECT count(*) FROM marketplace.ledger_verify(1)';
for my $round (1 .. 3)
{
	is(client(as('alpha', $lines)), "2|$alpha", "round $round: the first seller sees its lines");
	like(client(as('stranger', $lines)), qr/permission denied/, '... a stranger none');
	is(client(as('beta', $lines)), "1|$beta", '... the other seller its own');
	is(client(as('desk', $verify)), '0', '... the operator proves the books');
	like(client(as('alpha', $verify)), qr/role "alpha" may not call ledger_verify\(\) here/, '... the seller may not');
}
# The same in prepared statements, whose plans the session keeps over the change of role.
client(as('alpha', "PREPARE seen AS $lines"));
is(client(join '', map { as($_, 'EXECUTE seen') } qw(alpha beta desk alpha)),
	"2|$alpha\n1|$beta\n3|" . ($alpha < $beta ? $alpha : $beta) . "\n2|$alpha", 'a prepared statement answers for the role that runs it');
client('DEALLOCATE ALL');
# A right that is taken back, or given, counts at the next transaction of the shared session.
sql($node, 'shop', 'shop', "SELECT marketplace.access_revoke(1, 'beta', 'seller', $beta)");
is(client(as('beta', $lines)), '0|', 'a right taken back is gone in the session that had it');
sql($node, 'shop', 'shop', "SELECT marketplace.access_grant(1, 'beta', 'seller', $beta)");
is(client(as('beta', $lines)), "1|$beta", '... and back when it is granted again');

# The acting person is the transaction's.
my $consumer = q{SELECT marketplace.ledger_fold(1) IS NOT NULL; SELECT marketplace.policy_set(1, 'rd.due_roll', '"none"') > 0};
my $actor    = 'SELECT actor FROM marketplace.policy_values WHERE marketplace_id = 1 ORDER BY id DESC LIMIT 1';
client(as('desk', "SET LOCAL marketplace.actor = 'anne'; $consumer"));
is(sql($node, 'shop', 'shop', $actor), 'anne', 'a trusted role says who acts');
client(as('desk', $consumer));
is(sql($node, 'shop', 'shop', $actor), 'desk', '... and the next client of the session does not inherit the name');
sql($node, 'shop', 'shop', q{SELECT marketplace.access_grant(1, 'desk', 'operator', trusted := false)});
client(as('desk', "SET LOCAL marketplace.actor = 'bert'; $consumer"));
is(sql($node, 'shop', 'shop', $actor), 'desk', 'a role that is not trusted is who it is');
sql($node, 'shop', 'shop', q{SELECT marketplace.access_grant(1, 'desk', 'operator', trusted := true)});

# Role, search_path and clock after a call, after a failed one, and inside a failed transaction that was rolled back to a savepoint.
my $state = q{SELECT current_user, current_setting('search_path'), current_setting('client_min_messages'), marketplace.clock() = now()};
my $clean = 'pool|"$user", public|notice|t';
sql($node, 'shop', undef, 'GRANT USAGE ON SCHEMA marketplace TO pool');
is(client("BEGIN; $state; COMMIT;"), $clean, 'the state of a session at first');
client(as('desk', 'SELECT marketplace.tick(1)'));
is(client("BEGIN; $state; COMMIT;"), $clean, '... after a call');
like(client(as('desk', 'SELECT marketplace.ledger_fold(NULL)')), qr/needs/, 'a call that fails');
is(client("BEGIN; $state; COMMIT;"), $clean, '... leaves the state as it was');
is(client("BEGIN; SET LOCAL ROLE desk; SAVEPOINT s;\n\\set ON_ERROR_STOP off\nSELECT marketplace.ledger_fold(NULL);\nROLLBACK TO s; SELECT current_user; SHOW search_path; COMMIT;"),
	qq(desk\n"\$user", public), '... in a savepoint too');

# Many clients at once, over two server sessions, with request keys and the extended protocol.
$pool->kill_kill;
my $ini = slurp_file("$dir/pgbouncer.ini");
$ini =~ s/default_pool_size = 1/default_pool_size = 2/;
unlink "$dir/pgbouncer.ini";
append_to_file("$dir/pgbouncer.ini", $ini);
$pool = IPC::Run::start([ $bouncer, '-q', "$dir/pgbouncer.ini" ], '<', \undef, '>', "$dir/out", '2>', "$dir/err");
for (1 .. 100) { last if -S "$dir/.s.PGSQL.$port"; select undef, undef, undef, 0.1; }
append_to_file("$dir/call.sql", <<'SQL');
\set n random(1, 1000000000)
BEGIN;
SET LOCAL ROLE desk;
SELECT set_config('marketplace.actor', 'client ' || :client_id, true);
SELECT marketplace.policy_set(1, 'rd.due_roll', '"none"', '{}', NULL, 'pooled ' || :client_id, 'pool-' || :client_id || '-' || :n);
COMMIT;
SQL
append_to_file("$dir/look.sql", <<'SQL');
BEGIN;
SET LOCAL ROLE alpha;
SELECT 1 / (count(*) = 2)::int FROM marketplace.order_lines;
COMMIT;
SQL
my ($out, $err) = ('', '');
my $well = IPC::Run::run([ 'pgbench', '-n', '-M', 'extended', '-c', '8', '-j', '2', '-t', '40', '-h', $dir, '-p', $port, '-U', 'pool',
	'-f', "$dir/call.sql", '-f', "$dir/look.sql", 'shop' ], '>', \$out, '2>', \$err);
ok($well, 'eight clients on two sessions') or diag($err);
is(sql($node, 'shop', 'shop', <<'SQL'), 't|0', '... each acted in its own name');
SELECT count(*) > 50, count(*) FILTER (WHERE actor <> 'client ' || substr(reason, 8)) FROM marketplace.policy_values WHERE reason LIKE 'pooled %'
SQL
is(join("\n", findings($node, 'shop', 'shop')), '', '... and the books are in order');

$pool->kill_kill;
$node->stop;
done_testing();
