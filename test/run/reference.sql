-- The reference as Markdown, from the catalog's own comments: one line of output a line of the page, in a stable order.
--   psql -XAt -f test/run/reference.sql DATABASE         (make docs; the database has the extension and is migrated)
-- Not listed: functions that serve a type, an operator, an index or an aggregate, and trigger functions' internals.
\set QUIET 1
SET client_min_messages = warning;
SET search_path = pg_catalog;	-- so that every name of the extension is printed with its schema, which is cut off below
SET timezone = 'UTC';
LOAD '$libdir/marketplace';

CREATE TEMPORARY VIEW home AS
SELECT oid FROM pg_namespace WHERE nspname = 'marketplace';

CREATE FUNCTION pg_temp.short(text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT replace($1, 'marketplace.', '') $$;

CREATE FUNCTION pg_temp.paragraph(text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT coalesce(regexp_replace(btrim($1), '\s*\n\s*', E'\n', 'g'), '(no comment)') $$;

CREATE FUNCTION pg_temp.cell(text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT replace(regexp_replace(coalesce($1, ''), '\s+', ' ', 'g'), '|', '\|') $$;

-- Support functions: their meaning is that of the object they serve.
CREATE TEMPORARY VIEW support AS
SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend, typmodin, typmodout]::oid[]) AS oid
  FROM pg_type WHERE typnamespace = (SELECT oid FROM home)
UNION SELECT unnest(ARRAY[oprcode, oprrest, oprjoin]::oid[]) FROM pg_operator WHERE oprnamespace = (SELECT oid FROM home)
UNION SELECT amproc FROM pg_amproc
UNION SELECT castfunc FROM pg_cast
UNION SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn]::oid[])
  FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid WHERE p.pronamespace = (SELECT oid FROM home);

CREATE TEMPORARY VIEW routine AS
SELECT p.oid,
       p.proname AS name,
       p.prokind,
       p.prorettype = 'trigger'::regtype AS is_trigger,
       pg_temp.short(pg_get_function_identity_arguments(p.oid)) AS identity,
       pg_temp.short(pg_get_function_arguments(p.oid)) AS arguments,
       pg_temp.short(pg_get_function_result(p.oid)) AS result,
       CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
       obj_description(p.oid, 'pg_proc') AS comment
  FROM pg_proc p
 WHERE p.pronamespace = (SELECT oid FROM home)
   AND p.oid NOT IN (SELECT oid FROM support WHERE oid IS NOT NULL);

-- Each line knows its chapter, its section and its place there.
CREATE TEMPORARY TABLE line (chapter int, section text COLLATE "C", item text COLLATE "C", place int, text text);

INSERT INTO line
VALUES (0, '', '', 0, '# Reference'),
       (0, '', '', 1, E'\nMade by `make docs` from the comments in the catalog; edit those. All names are in schema `marketplace`.'),
       (0, '', '', 2, E'Errors of class `MK` are listed under [Errors](#errors).');

INSERT INTO line
SELECT 1, '', '', 0, E'\n## Types'
UNION ALL
SELECT 1, t.typname, '', 1,
       format(E'\n### `%s`\n\n%s', t.typname, pg_temp.paragraph(obj_description(t.oid, 'pg_type')))
       || CASE t.typtype
          WHEN 'd' THEN format(E'\n\nA domain over `%s`%s', pg_temp.short(format_type(t.typbasetype, t.typtypmod)),
                               coalesce((SELECT ': ' || string_agg(format('`%s`', pg_temp.short(pg_get_constraintdef(c.oid))), ', ' ORDER BY c.conname COLLATE "C")
                                           FROM pg_constraint c WHERE c.contypid = t.oid), '') || '.')
          WHEN 'e' THEN (SELECT format(E'\n\nOne of %s.', string_agg(format('`%s`', e.enumlabel), ', ' ORDER BY e.enumsortorder))
                           FROM pg_enum e WHERE e.enumtypid = t.oid)
          WHEN 'b' THEN format(E'\n\n%s, %s.', CASE WHEN t.typlen > 0 THEN format('%s bytes', t.typlen) ELSE 'variable length' END,
                               CASE WHEN t.typbyval THEN 'passed by value' ELSE 'passed by reference' END)
          ELSE '' END
  FROM pg_type t
 WHERE t.typnamespace = (SELECT oid FROM home)
   AND t.typtype IN ('b', 'd', 'e', 'r')
   AND NOT (t.typelem <> 0 AND t.typlen = -1 AND t.typcategory = 'A');

INSERT INTO line
SELECT 2, '', '', 0, E'\n## Operators and casts\n\n| operator | result | meaning |\n| --- | --- | --- |'
UNION ALL
SELECT 2, 'a', format('%s %s %s', o.oprname, o.oprleft::regtype, o.oprright::regtype), 1,
       format('| `%s` | `%s` | %s |',
              pg_temp.cell(pg_temp.short(concat_ws(' ', CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) END, o.oprname, format_type(o.oprright, NULL)))),
              pg_temp.short(format_type(o.oprresult, NULL)),
              pg_temp.cell(coalesce(obj_description(o.oid, 'pg_operator'), obj_description(o.oprcode, 'pg_proc'))))
  FROM pg_operator o
 WHERE o.oprnamespace = (SELECT oid FROM home)
UNION ALL
SELECT 2, 'b', format('%s %s', c.castsource::regtype, c.casttarget::regtype), 1,
       format('| `%s::%s` | `%s` | %s |', pg_temp.short(format_type(c.castsource, NULL)), pg_temp.short(format_type(c.casttarget, NULL)),
              pg_temp.short(format_type(c.casttarget, NULL)),
              pg_temp.cell(concat_ws('; ', CASE c.castcontext WHEN 'i' THEN 'implicit' WHEN 'a' THEN 'in assignments' ELSE 'explicit only' END,
                                     coalesce(obj_description(c.oid, 'pg_cast'), obj_description(c.castfunc, 'pg_proc')))))
  FROM pg_cast c
  JOIN pg_type s ON s.oid = c.castsource
  JOIN pg_type d ON d.oid = c.casttarget
 WHERE (SELECT oid FROM home) IN (s.typnamespace, d.typnamespace);

INSERT INTO line
SELECT 3, '', '', 0, E'\n## Functions'
UNION ALL
SELECT DISTINCT 3, split_part(name, '_', 1), '', 1, format(E'\n### %s', split_part(name, '_', 1))
  FROM routine WHERE prokind IN ('f', 'p') AND NOT is_trigger
UNION ALL
SELECT 3, split_part(name, '_', 1), name || '(' || identity || ')', 2,
       format(E'\n#### `%s`\n\n```\n%s(%s)%s   -- %s\n```\n\n%s', name, name, arguments, ' → ' || result, volatility, pg_temp.paragraph(comment))
  FROM routine WHERE prokind IN ('f', 'p') AND NOT is_trigger;

INSERT INTO line
SELECT 4, '', '', 0, E'\n## Aggregates\n\n| aggregate | result | meaning |\n| --- | --- | --- |'
 WHERE EXISTS (SELECT FROM routine WHERE prokind = 'a')
UNION ALL
SELECT 4, name, identity, 1, format('| `%s(%s)` | `%s` | %s |', name, pg_temp.cell(arguments), result, pg_temp.cell(comment))
  FROM routine WHERE prokind = 'a';

INSERT INTO line
SELECT 5, '', '', 0, E'\n## Trigger functions\n\n| function | meaning |\n| --- | --- |'
 WHERE EXISTS (SELECT FROM routine WHERE is_trigger)
UNION ALL
SELECT 5, name, identity, 1, format('| `%s()` | %s |', name, pg_temp.cell(comment))
  FROM routine WHERE is_trigger;

INSERT INTO line
SELECT chapter, '', '', 0, format(E'\n## %s', title)
  FROM (VALUES (6, 'Tables', ARRAY['r', 'p']), (7, 'Views', ARRAY['v', 'm'])) AS part (chapter, title, kinds)
 WHERE EXISTS (SELECT FROM pg_class WHERE relnamespace = (SELECT oid FROM home) AND relkind = ANY (kinds::"char"[]))
UNION ALL
SELECT CASE WHEN c.relkind IN ('r', 'p') THEN 6 ELSE 7 END, c.relname, '', 1,
       format(E'\n### `%s`\n\n%s\n\n| column | type | meaning |\n| --- | --- | --- |', c.relname, pg_temp.paragraph(obj_description(c.oid, 'pg_class')))
  FROM pg_class c
 WHERE c.relnamespace = (SELECT oid FROM home) AND c.relkind IN ('r', 'p', 'v', 'm')
UNION ALL
SELECT CASE WHEN c.relkind IN ('r', 'p') THEN 6 ELSE 7 END, c.relname, to_char(a.attnum, 'FM0000'), 2,
       format('| `%s` | `%s`%s | %s |', a.attname, pg_temp.cell(pg_temp.short(format_type(a.atttypid, a.atttypmod))),
              CASE WHEN a.attnotnull OR c.relkind NOT IN ('r', 'p') THEN '' ELSE ', may be null' END,
              pg_temp.cell(col_description(c.oid, a.attnum)))
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = (SELECT oid FROM home) AND c.relkind IN ('r', 'p', 'v', 'm')
UNION ALL
SELECT 6, c.relname, 'constraints', 3,
       E'\n' || string_agg(format('* `%s`', pg_temp.short(pg_get_constraintdef(k.oid))), E'\n'
                           ORDER BY position(k.contype::text IN 'puxfc'), pg_get_constraintdef(k.oid) COLLATE "C")
  FROM pg_class c
  JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x', 'f', 'c')
 WHERE c.relnamespace = (SELECT oid FROM home) AND c.relkind IN ('r', 'p')
 GROUP BY c.relname;

INSERT INTO line
SELECT 8, '', '', 0, E'\n## Settings\n\n| setting | default | who may set it | meaning |\n| --- | --- | --- | --- |'
 WHERE EXISTS (SELECT FROM pg_settings WHERE name LIKE 'marketplace.%')
UNION ALL
SELECT 8, name, '', 1, format('| `%s` | `%s` | %s | %s |', name, boot_val, context, pg_temp.cell(concat_ws(' ', short_desc, extra_desc)))
  FROM pg_settings WHERE name LIKE 'marketplace.%';

INSERT INTO line
SELECT 9, '', '', 0, E'\n## Errors\n\n| SQLSTATE | name | meaning and way out |\n| --- | --- | --- |'
UNION ALL
SELECT 9, e.sqlstate, '', 1, format('| `%s` | `%s` | %s |', e.sqlstate, e.name, pg_temp.cell(e.meaning))
  FROM marketplace.error_codes() e;

SELECT text FROM line ORDER BY chapter, section, item, place, text COLLATE "C";
