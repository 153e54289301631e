#!/usr/bin/perl
# Runs TAP-producing files and counts what they assert.     usage: prove.pl RESULT FILE...
# *.sql are pgTAP scripts for the database that libpq's environment names; *.pl are Perl tests. A file that dies, or asserts
# another number than it planned, counts as one failure even if every assertion it reached was well. Writes "PASSED FAILED"
# to the file RESULT.
use strict;
use warnings;
use TAP::Harness;

my ($result, @files) = @ARGV;
my $harness = TAP::Harness->new(
	{   verbosity => $ENV{VERBOSE} ? 1 : 0,
		failures  => 1,
		errors    => 1,
		timer     => 1,
		merge     => 0,
		sources   => { pgTAP => { suffix => '.sql' }, Perl => {} },
	});
my $aggregate = $harness->runtests(@files);
my ($passed, $failed) = (scalar $aggregate->passed, 0);
for my $parser ($aggregate->parsers)
{
	my $bad = scalar $parser->failed;
	$bad = 1 if !$bad && $parser->has_problems;
	$failed += $bad;
}
open my $out, '>', $result or die "$result: $!";
print $out "$passed $failed\n";
exit($failed ? 1 : 0);
