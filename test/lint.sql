-- Catalog lint for an installed and migrated `marketplace`: what reviewers forget, asked of the catalog. No rows = clean.
--   psql -X -f test/lint.sql DATABASE      (make lint does)
\set QUIET 1
\pset format unaligned
\pset tuples_only 1
WITH ns AS (SELECT oid FROM pg_namespace WHERE nspname = 'marketplace'),
fn AS (SELECT p.*, l.lanname FROM pg_proc p JOIN ns ON ns.oid = pronamespace JOIN pg_language l ON l.oid = prolang WHERE prokind <> 'a'),
rel AS (SELECT c.* FROM pg_class c JOIN ns ON ns.oid = relnamespace),
col AS (SELECT a.*, rel.relname, rel.relkind FROM rel JOIN pg_attribute a ON attrelid = rel.oid AND attnum > 0 AND NOT attisdropped),
tenant AS (SELECT attrelid, attnum FROM col WHERE attname = 'marketplace_id' AND relkind IN ('r', 'p')),
typ AS (SELECT t.* FROM pg_type t JOIN ns ON ns.oid = typnamespace WHERE typtype = 'b' AND typelem = 0 AND typarray <> 0)
SELECT 'search_path not pinned: ' || oid::regprocedure FROM fn WHERE lanname IN ('sql', 'plpgsql') AND prosqlbody IS NULL AND NOT coalesce(proconfig::text LIKE '%search_path%', false)
UNION ALL SELECT 'security definer in C: ' || oid::regprocedure FROM fn WHERE prosecdef AND lanname = 'c'
UNION ALL SELECT 'immutable or stable but parallel unsafe: ' || oid::regprocedure FROM fn WHERE provolatile IN ('i', 's') AND proparallel = 'u'
UNION ALL SELECT 'function without comment: ' || oid::regprocedure FROM fn WHERE obj_description(oid, 'pg_proc') IS NULL
UNION ALL SELECT 'relation without comment: ' || relname FROM rel WHERE relkind IN ('r', 'p', 'v', 'm') AND obj_description(oid, 'pg_class') IS NULL
UNION ALL SELECT 'column without comment: ' || relname || '.' || attname FROM col WHERE relkind IN ('r', 'p', 'v') AND col_description(attrelid, attnum) IS NULL
UNION ALL SELECT 'table in the extension (migrate() owns tables): ' || relname FROM rel JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = rel.oid AND d.deptype = 'e' WHERE relkind IN ('r', 'p', 'S')
UNION ALL SELECT 'unique key without the tenant: ' || indexrelid::regclass FROM pg_index i JOIN tenant t ON t.attrelid = indrelid WHERE indisunique AND NOT (t.attnum = ANY (indkey::int2[]))
UNION ALL SELECT 'foreign key without the tenant: ' || conname FROM pg_constraint c JOIN tenant t ON t.attrelid = conrelid JOIN tenant f ON f.attrelid = confrelid WHERE contype = 'f' AND NOT (t.attnum = ANY (conkey))
UNION ALL SELECT 'foreign key without an index on its columns: ' || conname FROM pg_constraint c JOIN rel ON rel.oid = conrelid WHERE contype = 'f' AND NOT EXISTS (SELECT FROM pg_index i WHERE indrelid = conrelid AND (indkey::int2[])[0:cardinality(conkey) - 1] @> conkey)
UNION ALL SELECT 'table without row-level security: ' || relname FROM rel JOIN tenant t ON t.attrelid = rel.oid WHERE NOT relrowsecurity
UNION ALL SELECT 'table that PUBLIC may write: ' || relname FROM rel, aclexplode(relacl) a WHERE relkind IN ('r', 'p') AND a.grantee = 0 AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
UNION ALL SELECT 'money as floating point: ' || relname || '.' || attname FROM col WHERE atttypid IN ('float4'::regtype, 'float8'::regtype)
UNION ALL SELECT 'time without zone: ' || relname || '.' || attname FROM col WHERE atttypid = 'timestamp'::regtype
UNION ALL SELECT 'column pg_upgrade refuses (reg*) or that moves on restore (oid): ' || relname || '.' || attname FROM col WHERE relkind = 'r' AND atttypid IN ('oid'::regtype, 'regproc'::regtype, 'regprocedure'::regtype, 'regoper'::regtype, 'regoperator'::regtype, 'regconfig'::regtype, 'regdictionary'::regtype, 'regnamespace'::regtype, 'regcollation'::regtype)
UNION ALL SELECT 'type without binary send/recv: ' || typname FROM typ WHERE typsend = 0 OR typreceive = 0
UNION ALL SELECT 'btree opclass without equalimage: ' || opcname FROM pg_opclass o JOIN typ ON typ.oid = opcintype JOIN pg_am a ON a.oid = opcmethod AND amname = 'btree' WHERE NOT EXISTS (SELECT FROM pg_amproc WHERE amprocfamily = opcfamily AND amproclefttype = opcintype AND amprocnum = 4)
UNION ALL SELECT 'hash opclass without extended hash: ' || opcname FROM pg_opclass o JOIN typ ON typ.oid = opcintype JOIN pg_am a ON a.oid = opcmethod AND amname = 'hash' WHERE NOT EXISTS (SELECT FROM pg_amproc WHERE amprocfamily = opcfamily AND amproclefttype = opcintype AND amprocnum = 2)
UNION ALL SELECT 'operator without commutator, negator or estimator: ' || op.oid::regoperator FROM pg_operator op JOIN typ ON typ.oid = oprleft AND oprleft = oprright WHERE oprname IN ('<', '<=', '=', '<>', '>=', '>') AND (oprcom = 0 OR oprnegate = 0 OR oprrest = 0 OR oprjoin = 0)
UNION ALL SELECT 'policy parameter registered twice: ' || name FROM marketplace.policy_registry GROUP BY name HAVING count(*) > 1
ORDER BY 1;
