#!/bin/bash
# Validates electronic invoices against the official XSDs.      usage: xsd.sh FILE
#
# FILE has a document a line: SET|NAME|XML without line ends. Prints a line a set: "SET: N valid", "SET: NAME: what xmllint says", or
# "SET: skipped, no schema". Sets are those of the case below; the schemas come with packages that setup.sh installs.
set -uo pipefail
data=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cii=$(find -L /usr/lib/python3/dist-packages/trytond -name CrossIndustryInvoice_100pD16B.xsd 2>/dev/null | head -n 1)
facturx=/usr/lib/node_modules/@stackforge-eu/factur-x/schema
[ -d "$facturx" ] || facturx=/usr/local/lib/node_modules/@stackforge-eu/factur-x/schema

cut -d'|' -f1 "$data" | sort -u | while read -r set; do
	case $set in
	cii) schema=$cii ;;
	factur-x-*) schema=$(find "$facturx/${set#factur-x-}" -iname "FACTUR-X_${set#factur-x-}.xsd" 2>/dev/null | head -n 1) ;;
	*) schema= ;;
	esac
	if [ -z "$schema" ] || [ ! -e "$schema" ]; then echo "$set: skipped, no schema"; continue; fi
	grep "^$set|" "$data" | while IFS='|' read -r _ name xml; do printf '%s' "$xml" >"$work/$set-$name.xml"; done
	xmllint --noout --schema "$schema" "$work/$set"-*.xml 2>&1 | grep -v ' validates$' | head -n 5 >"$work/faults"
	if [ -s "$work/faults" ]; then sed "s|$work/|$set: |" "$work/faults"; else echo "$set: $(find "$work" -name "$set-*.xml" | wc -l) valid"; fi
done
