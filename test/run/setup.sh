#!/bin/bash
# Sees to it that what a target needs is on this machine.        usage: setup.sh build|test|lint|asan|coverage|fuzz ...
#
# Looks first and installs only what is missing, by name and never by version, with apt and as root; otherwise says in one
# line what to install. Leaves no server running that was not running before.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
missing=()

need() { "${@:2}" >/dev/null 2>&1 || missing+=("$1"); }
perl_has() { perl -M"$1" -e 1; }

# Debian's PostgreSQL that is here, or else the one the distribution would install.
debian_major() {
	local at
	at=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -n 1)
	if [ -e "$at" ]; then cut -d/ -f5 <<<"$at"; return; fi
	apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p' | head -n 1
}

look() {
	local major xml
	missing=()
	if find_pg_config; then major=$("$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/'); else major=$(debian_major); fi
	major=${major:-15}
	need "postgresql-$major postgresql-client-$major" test -x "$("${PG_CONFIG:-false}" --bindir 2>/dev/null || echo "/usr/lib/postgresql/$major/bin")/postgres"
	need "postgresql-server-dev-$major" find_pg_config
	need gcc command -v gcc
	need libc6-dev test -e /usr/include/stdio.h
	need make command -v make
	need libxml2-dev command -v xml2-config
	need perl command -v perl
	for kind in "$@"; do
		case $kind in
		build) ;;
		test | asan | coverage)
			need "postgresql-$major-pgtap" test -e "$("${PG_CONFIG:-false}" --sharedir 2>/dev/null || echo "/usr/share/postgresql/$major")/extension/pgtap.control"
			need libtap-parser-sourcehandler-pgtap-perl perl_has TAP::Parser::SourceHandler::pgTAP
			need libipc-run-perl perl_has IPC::Run
			need libxml2-utils command -v xmllint
			need tryton-modules-edocument-uncefact test -d /usr/lib/python3/dist-packages/trytond/modules/edocument_uncefact	# XSD of CII
			need "postgresql-$major-wal2json" test -e "$("${PG_CONFIG:-false}" --pkglibdir 2>/dev/null || echo "/usr/lib/postgresql/$major/lib")/wal2json.so"
			need pgbouncer sh -c 'command -v pgbouncer || test -x /usr/sbin/pgbouncer'
			[ "$kind" != coverage ] || need lcov command -v lcov ;;
		lint)
			need cppcheck command -v cppcheck
			need clang-tidy command -v clang-tidy ;;
		fuzz)
			need clang command -v clang
			need "libclang-rt-dev" sh -c 'test -e "$(clang -print-runtime-dir)/libclang_rt.fuzzer-x86_64.a" || test -e "$(clang -print-runtime-dir)/libclang_rt.fuzzer.a" || ls "$(clang -print-resource-dir)"/lib/*/libclang_rt.fuzzer*.a' ;;
		*) echo "setup.sh: unknown kind $kind" >&2; exit 2 ;;
		esac
	done
}

# A server package starts its server, and an upgrade starts one that was stopped: both only where one was running already.
apt_install() {
	if ! pg_lsclusters -h 2>/dev/null | grep -qw online && [ ! -e /usr/sbin/policy-rc.d ]; then
		policy=/usr/sbin/policy-rc.d
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
	fi
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@" </dev/null
}

# The XSDs of Factur-X come by npm; where it is not to be had, their test says that it is skipped.
factur_x() {
	case " $* " in *" test "* | *" asan "* | *" coverage "*) ;; *) return ;; esac
	if [ "$(id -u)" != 0 ] || ! command -v npm >/dev/null || [ -d "$(npm root -g)/@stackforge-eu/factur-x/schema" ]; then return; fi
	npm install -g --ignore-scripts --no-audit --no-fund --omit=dev --omit=optional @stackforge-eu/factur-x >/dev/null 2>&1 || true
}

factur_x "$@"
look "$@"
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	echo "missing on this machine; as root: apt-get install ${missing[*]}   (elsewhere: the same by its name there; PG_CONFIG points at another PostgreSQL)" >&2
	exit 1
fi
echo "installing ${missing[*]}"
log=$(mktemp)
policy=
trap 'rm -f "$log" $policy' EXIT
# Stale lists name files that the mirror no longer has, so they are read anew before the first try.
# shellcheck disable=SC2086
{ apt-get update -qq && apt_install ${missing[*]}; } >"$log" 2>&1 || { tail -n 20 "$log" >&2; echo "could not install ${missing[*]}" >&2; exit 1; }
look "$@"
[ ${#missing[@]} -eq 0 ] || { echo "still missing after installation: ${missing[*]}" >&2; exit 1; }
