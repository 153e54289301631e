CREATE OR REPLACE VIEW marketplace.policy_registry_funds_reserve (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.maturity_days', 'integer', '0'::jsonb,
		'Days (of 24 hours) that released money waits before it can be paid out', 'FD-P06, FD-P08', false),
	('fd.reserve_pct', 'numeric', '0',
		'Percent of what each release brings the seller that is kept back, where no reserve rule says otherwise', 'FD-42', false),
	('fd.reserve_days', 'integer', '90',
		'Days (of 24 hours) after which what was kept back is freed, where no reserve rule says otherwise', 'FD-42', false),
	('fd.reserve_floor', 'numeric', '0',
		'What stays in each seller''s reserve whatever is due, in units of its currency, where no reserve rule says otherwise', 'FD-42', false);
COMMENT ON VIEW marketplace.policy_registry_funds_reserve IS 'Policy parameters of maturity and reserve (funds rule book §13).';
COMMENT ON COLUMN marketplace.policy_registry_funds_reserve.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_funds_reserve.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_funds_reserve.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_funds_reserve.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_funds_reserve.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_funds_reserve.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';
