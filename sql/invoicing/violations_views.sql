CREATE OR REPLACE VIEW marketplace.invoice_rules WITH (security_invoker = true) AS
SELECT rule, severity, profiles, scope, term, applies, condition, message, found, source, NULL::date AS valid_from, NULL::date AS valid_until
FROM marketplace.invoice_rules_core
UNION ALL
SELECT rule, severity, profiles, scope, term, applies, condition, message, found, source, NULL::date AS valid_from, NULL::date AS valid_until
FROM marketplace.invoice_rules_vat
UNION ALL
SELECT rule, severity, profiles, scope, term, applies, condition, message, found, source, NULL::date AS valid_from, NULL::date AS valid_until
FROM marketplace.invoice_rules_profile
UNION ALL
SELECT rule, severity, profiles, scope, term, applies, condition, message, found, source, NULL::date AS valid_from, NULL::date AS valid_until
FROM marketplace.invoice_rules_french
UNION ALL
SELECT rule, severity, profiles, scope, term, applies, condition, message, found, source, valid_from, valid_until
FROM marketplace.invoice_mentions;
COMMENT ON VIEW marketplace.invoice_rules IS 'All rules that invoice_violations() judges by. A rule that some document breaks in several ways has several rows.';
COMMENT ON COLUMN marketplace.invoice_rules.rule IS 'Rule, as its standard numbers it.';
COMMENT ON COLUMN marketplace.invoice_rules.severity IS 'fatal: the document must not be issued; warning.';
COMMENT ON COLUMN marketplace.invoice_rules.profiles IS 'Profiles that it belongs to; NULL: all.';
COMMENT ON COLUMN marketplace.invoice_rules.scope IS 'What it looks at: each item that this path selects of the facts.';
COMMENT ON COLUMN marketplace.invoice_rules.term IS 'Term of the item that is to be mended; NULL: the item itself.';
COMMENT ON COLUMN marketplace.invoice_rules.applies IS 'When it applies at all, asked of the document; NULL: always.';
COMMENT ON COLUMN marketplace.invoice_rules.condition IS 'What must be true of each item ($); $doc is the document.';
COMMENT ON COLUMN marketplace.invoice_rules.message IS 'What is wrong where it is not.';
COMMENT ON COLUMN marketplace.invoice_rules.found IS 'Values to show with the message; NULL: none.';
COMMENT ON COLUMN marketplace.invoice_rules.source IS 'Standard or law that it comes from.';
COMMENT ON COLUMN marketplace.invoice_rules.valid_from IS 'First date of issue that it holds for; NULL: ever.';
COMMENT ON COLUMN marketplace.invoice_rules.valid_until IS 'First date of issue that it does not hold for any more; NULL: open.';
