CREATE FUNCTION marketplace.guard_append_only() RETURNS trigger
AS 'MODULE_PATHNAME', 'guard_append_only'
LANGUAGE c;
COMMENT ON FUNCTION marketplace.guard_append_only() IS
'Trigger for records: refuses UPDATE, DELETE and TRUNCATE for everybody, table owner and superuser included; INSERT passes. Arguments: columns that may change (an UPDATE of no other column passes). Create it BEFORE UPDATE OR DELETE FOR EACH ROW and BEFORE TRUNCATE FOR EACH STATEMENT, and ENABLE ALWAYS. Error: MK040.';

CREATE FUNCTION marketplace.guard_by_function() RETURNS trigger
AS 'MODULE_PATHNAME', 'guard_by_function'
LANGUAGE c;
COMMENT ON FUNCTION marketplace.guard_by_function() IS
'Trigger for rows and columns that functions of the extension keep: refuses INSERT, UPDATE, DELETE and TRUNCATE by a bare statement. Arguments: name of the guard, then the columns it keeps (without columns: the whole row; the list narrows UPDATE only). Rows that arrive by logical replication pass. Error: MK041.';
