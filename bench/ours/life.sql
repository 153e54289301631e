-- A marketplace for the order's life: operator 1, PSP 2, buyers 3 to 10, sellers 11 to 34 (three for each of 8 clients), with mandates and
-- verified bank accounts; 10 % commission; invoices when the buyer accepts.
SELECT marketplace.marketplace_create(2, '{"name": "Bench", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "PLACE DE MARCHE SA", "country": "FR", "siren": "100000009", "vat_id": "FR88100000009", "einvoice_address": "100000009", "einvoice_scheme": "0225",
		"addresses": [{"kind": "registered", "line1": "1 rue de la Paix", "postcode": "75001", "city": "PARIS", "country": "FR"}]},
	"psp": {"name": "PAIEMENT SA", "country": "FR", "siren": "500000005", "vat_id": "FR78500000005",
		"addresses": [{"kind": "registered", "line1": "5 place de la Bourse", "postcode": "75002", "city": "PARIS", "country": "FR"}]}}');

CREATE FUNCTION pg_temp.siren(n int) RETURNS text LANGUAGE sql AS $$
SELECT base || (10 - sum(CASE WHEN i % 2 = 1 THEN d ELSE (2 * d) / 10 + (2 * d) % 10 END) % 10) % 10
  FROM (SELECT (30000000 + n)::text AS base) b, generate_series(1, 8) i, LATERAL (SELECT substr(base, i, 1)::int AS d) x GROUP BY base
$$;
CREATE FUNCTION pg_temp.party(n int, capacity text) RETURNS bigint LANGUAGE sql AS $$
SELECT marketplace.party_create(2, jsonb_build_object('name', format('%s %s SAS', upper(capacity), n), 'country', 'FR', 'siren', s,
	'vat_id', format('FR%s%s', lpad(((12 + 3 * (s::bigint % 97)) % 97)::text, 2, '0'), s), 'einvoice_address', s, 'einvoice_scheme', '0225', 'capacities', jsonb_build_array(capacity),
	'addresses', '[{"kind": "registered", "line1": "2 rue Edison", "postcode": "69001", "city": "LYON", "country": "FR"}]'::jsonb))
  FROM pg_temp.siren(n) s
$$;
SELECT pg_temp.party(g, CASE WHEN g <= 10 THEN 'buyer' ELSE 'seller' END) FROM generate_series(3, 34) g;
SELECT 1 / (SELECT (min(id) = 1 AND max(id) = 34)::int FROM marketplace.parties WHERE marketplace_id = 2);
SELECT marketplace.bank_account_verify(2, marketplace.bank_account_add(2, g, '{"iban": "FR1420041010050500013M02606", "currency": "EUR"}')),
	marketplace.mandate_sign(2, jsonb_build_object('mandator_id', g, 'form', 'written', 'signed_at', now() - interval '1 day', 'proof_sha256', repeat('ab', 32)))
  FROM generate_series(11, 34) g;
SELECT marketplace.commission_rule_set(2, '{"rate_pct": 10, "vat_rate_pct": 20}'), marketplace.policy_set(2, 'iv.trigger', '"acceptance"'),
	marketplace.carrier_create(2, '{"code": "colis", "name": "Colis"}');
