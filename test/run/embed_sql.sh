#!/bin/sh
# Writes SQL files as a C array of {name, text}, for migrate.c to include.   usage: embed_sql.sh ARRAY FILE...
array=$1; shift
printf "%s\n" "static const EmbeddedSql embedded_$array[] = {"
for f in "$@"; do
	printf "%s\n" "{\"$f\","
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$/\\n"/' "$f"
	echo "},"
done
echo "{NULL, NULL}};"
