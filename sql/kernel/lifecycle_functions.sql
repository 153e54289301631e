CREATE FUNCTION marketplace.lifecycle_guard() RETURNS trigger
AS 'MODULE_PATHNAME', 'lifecycle_guard'
LANGUAGE c;
COMMENT ON FUNCTION marketplace.lifecycle_guard() IS
'Trigger lifecycle_guard(lifecycle, column): lets the column (text or a domain over it) change only along the lifecycle, a row of the view marketplace.lifecycle; an INSERT must be a creation (from_state NULL). Usable on any table. Create it BEFORE INSERT OR UPDATE FOR EACH ROW and ENABLE ALWAYS. Who may: in a call of a function of the extension the capacity of its caller; in a bare statement the table''s owner and the marketplace''s operators act as operator. Rows that arrive by logical replication pass. Errors: MK030 transition refused (the detail names the allowed ones), MK031 unknown lifecycle, MK005 not for this role.';

CREATE FUNCTION marketplace.lifecycle_record() RETURNS trigger
AS 'MODULE_PATHNAME', 'lifecycle_record'
LANGUAGE c;
COMMENT ON FUNCTION marketplace.lifecycle_record() IS
'Trigger lifecycle_record(lifecycle, column [, id column]): writes each transition to marketplace.lifecycle_history, for the id in column id unless another is named. Create it AFTER INSERT OR UPDATE FOR EACH ROW, beside lifecycle_guard() with the same lifecycle. A table with a column marketplace_id int must be owned by an operator of that marketplace; others write marketplace 0. Errors: as lifecycle_guard(), MK001 id is NULL.';

CREATE FUNCTION marketplace.lifecycle_custom_changed() RETURNS trigger
AS 'MODULE_PATHNAME', 'lifecycle_custom_changed'
LANGUAGE c;
COMMENT ON FUNCTION marketplace.lifecycle_custom_changed() IS
'Trigger of marketplace.lifecycle_custom: makes all sessions read the lifecycles again after a change.';

CREATE FUNCTION marketplace.lifecycle_diagram(machine text, format text DEFAULT 'mermaid') RETURNS text
AS 'MODULE_PATHNAME', 'lifecycle_diagram'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.lifecycle_diagram(text, text) IS
'A lifecycle drawn as text. format: mermaid (stateDiagram-v2) or dot (Graphviz). Arrows carry the event; final states end in [*] or have a double border. Errors: MK031 unknown lifecycle, MK002 unknown format, MK001 NULL.';
