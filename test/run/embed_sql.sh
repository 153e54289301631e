#!/bin/sh
# Writes SQL files as a C array of {name, text}, for migrate.c to include.   usage: embed_sql.sh ARRAY FILE...
array=$1; shift
echo "static const EmbeddedSql embedded_$array[] = {"
for f in "$@"; do
	echo "{\"$f\","
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$/\\n"/' "$f"
	echo "},"
done
echo "{NULL, NULL}};"
