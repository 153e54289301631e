CREATE OR REPLACE VIEW marketplace.policy_registry_kernel (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('rd.eom_method', 'choice(days_then_eom, eom_then_days)', '"days_then_eom"'::jsonb,
		'How a payment term "n days end of month" is read when the contract does not say', 'RD-37; both readings are lawful', false),
	('rd.due_roll', 'choice(none, next_business_day)', '"none"',
		'Whether a due date on a closed day moves to the next open day', 'RD-39', true),
	('rd.late_rate', 'json', '{"base": "ecb_main_refinancing", "plus_points": 10}',
		'Late interest rate: the ECB main refinancing rate in force on 1 January and 1 July plus points', 'RD-43; C. com. L441-10', true),
	('rd.late_rates', 'json', '{"2013H2": 10.25, "2014H1": 10.25, "2024H1": 14.50, "2024H2": 14.25, "2025H1": 13.15, "2025H2": 12.15, "2026H1": 12.15}',
		'Late interest rate per half-year in percent, the 10 points included; a half-year that is missing is an error', 'RD-45; partly from memory', false),
	('rd.fixed_fee', 'amount', '"40.00 EUR"',
		'Fixed recovery cost per invoice paid late', 'RD-44; C. com. D441-5', true),
	('rd.terms_ceiling', 'json',
		'[{"country": "FR", "sector": "general", "form": "days", "days": 60, "valid_from": "2009-01-01", "source": "C. com. L441-10 I", "verified": true},
		  {"country": "FR", "sector": "general", "form": "eom", "days": 45, "valid_from": "2009-01-01", "source": "C. com. L441-10 I", "verified": true},
		  {"country": "FR", "sector": "periodic", "form": "days", "days": 45, "valid_from": "2009-01-01", "source": "C. com. L441-10 I, periodic invoices", "verified": false},
		  {"country": "FR", "sector": "transport", "form": "days", "days": 30, "valid_from": "2009-01-01", "source": "C. com. L441-11, transport", "verified": false}]',
		'Longest payment terms that the law allows when they are agreed, by country, sector and form (days from the invoice; eom: days, then end of month or the other way round), for invoices '
		'from valid_from to before valid_until; the most generous row counts', 'RD-41; periodic invoices and transport from memory', false),
	('rd.time_zone', 'text', '"Europe/Paris"',
		'Time zone of local dates when no party or calendar names one', 'RD-6', true),
	('rd.calendar', 'text', '"FR"',
		'Calendar of service-level clocks when the party''s country names none', 'RD-27', true),
	('rd.settlement_calendar', 'text', '"TARGET"',
		'Calendar of settlement and execution dates', 'RD-27, RD-70', true),
	('rd.unstructured_address_end', 'date', '"2026-11-15"',
		'From this day on a purely unstructured address is refused in payment files', 'RD-71; EPC guidance v2.1', true);
COMMENT ON VIEW marketplace.policy_registry_kernel IS 'Policy parameters of the common conventions (reference-data.md, section 9).';
COMMENT ON COLUMN marketplace.policy_registry_kernel.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_kernel.value_type IS
'Type of its values: text, boolean, integer, numeric, amount ("40.00 EUR"), date, duration ({"n": 5, "unit": "business_days"}), choice(a, b) or json; "floor" or "ceiling" '
'behind it: a narrower scope may only raise or only lower the marketplace''s value.';
COMMENT ON COLUMN marketplace.policy_registry_kernel.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_kernel.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_kernel.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_kernel.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';

CREATE OR REPLACE VIEW marketplace.policy_current WITH (security_invoker = true) AS
SELECT marketplace_id, name, version, scope_kind::text AS scope_kind, scope_key, value, pg_catalog.lower(valid) AS valid_from, actor, reason
  FROM marketplace.policy_values
 WHERE valid @> marketplace.clock()
   AND value <> 'null';
COMMENT ON VIEW marketplace.policy_current IS 'Policy values in force now, for reports; parameters not listed have the default of policy_registry.';
COMMENT ON COLUMN marketplace.policy_current.marketplace_id IS 'Marketplace.';
COMMENT ON COLUMN marketplace.policy_current.name IS 'Parameter.';
COMMENT ON COLUMN marketplace.policy_current.version IS 'Version of the value.';
COMMENT ON COLUMN marketplace.policy_current.scope_kind IS 'Where it holds: marketplace, country, category, seller, contract or order.';
COMMENT ON COLUMN marketplace.policy_current.scope_key IS 'Which one: seller:12, contract:12:34 …';
COMMENT ON COLUMN marketplace.policy_current.value IS 'The value.';
COMMENT ON COLUMN marketplace.policy_current.valid_from IS 'Since when it is in force.';
COMMENT ON COLUMN marketplace.policy_current.actor IS 'Who set it.';
COMMENT ON COLUMN marketplace.policy_current.reason IS 'Why.';
