-- Marketplaces, parties, addresses, capacities, bank accounts.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set m 2102
\i :demo_parties
SELECT reference, name, country, siren, vat_id, capacities, line1, postcode, city, verified_bank_accounts FROM marketplace.party_directory
 WHERE marketplace_id = :m ORDER BY reference;
SELECT name, country, time_zone, calendar, operator_party_id = :operator AS operator, psp_party_id = :psp AS psp FROM marketplace.marketplaces WHERE marketplace_id = :m;
-- marketplaces that cannot be
SELECT marketplace.marketplace_create(:m, '{"name": "x", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR", "operator": {"name": "x", "country": "FR"}}');
SELECT marketplace.marketplace_create(0, '{"name": "x", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR", "operator": {"name": "x", "country": "FR"}}');
SELECT marketplace.marketplace_create(21029, '{"name": "x", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR"}');
SELECT marketplace.marketplace_create(21029, '{"name": "x", "country": "FR", "time_zone": "Mars/Olympus", "calendar": "FR", "operator": {"name": "x", "country": "FR"}}');
SELECT marketplace.marketplace_create(21029, '{"name": "x", "country": "FR", "time_zone": "Europe/Paris", "calendar": "MARS", "operator": {"name": "x", "country": "FR"}}');
SELECT marketplace.marketplace_create(21029, '{"name": "x", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR", "operator": {"name": "x", "country": "FR", "siren": "1"}}');
SELECT marketplace.marketplace_create(21029, '{"name": "x", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR", "operator": {"name": "x", "country": "FR", "capacities": ["seller"]}}');
SELECT marketplace.party_create(21029, '{"name": "x", "country": "FR", "capacities": ["seller"]}');
SELECT marketplace.marketplace_update(:m, '{"calendar": "FR-67", "name": "Demo 2"}') = :m AS updated;
SELECT name, time_zone, calendar FROM marketplace.marketplaces WHERE marketplace_id = :m;
\set VERBOSITY sqlstate
SELECT marketplace.marketplace_update(:m, format('{"psp": %s}', :alpha)::jsonb);
\set VERBOSITY default
SELECT marketplace.marketplace_update(:m, '{"operator": 1}');

-- identifiers as people write them; a SIREN is taken from a SIRET
SELECT marketplace.party_create(:m, '{"name": "Tournevis", "country": "FR", "siret": "732 829 320 00074", "capacities": ["seller", "buyer"], "time_zone": "Indian/Reunion", "calendar": "FR-57",
	"addresses": [{"kind": "delivery", "line1": "1", "city": "Metz", "country": "FR", "gln": "0614141073467"}]}') AS both \gset
SELECT siren, siret, time_zone, calendar FROM marketplace.parties WHERE marketplace_id = :m AND id = :both;
-- parties that are none
SELECT marketplace.party_create(:m, '{"country": "FR", "capacities": ["seller"]}');
SELECT marketplace.party_create(:m, '{"name": "x", "country": "XX", "capacities": ["seller"]}');
SELECT marketplace.party_create(:m, '{"name": "x", "country": "FR"}');
SELECT marketplace.party_create(:m, '{"name": "x", "country": "FR", "capacities": []}');
SELECT marketplace.party_create(:m, '{"name": "x", "country": "FR", "capacities": ["king"]}');
SELECT marketplace.party_create(:m, '{"name": "x", "country": "FR", "capacities": ["seller", "seller"]}');
SELECT marketplace.party_create(:m, '{"name": "x", "country": "FR", "capacities": ["seller"], "siren": "300000008"}');
SELECT marketplace.party_create(:m, '{"name": "x", "country": "FR", "capacities": ["seller"], "siren": "300000007", "siret": "73282932000074"}');
SELECT marketplace.party_create(:m, '{"name": "x", "country": "FR", "capacities": ["seller"], "vat_id": "FR00300000007"}');
SELECT marketplace.party_create(:m, '{"name": "x", "country": "FR", "capacities": ["seller"], "einvoice_address": "1"}');
SELECT marketplace.party_create(:m, '{"name": "x", "country": "FR", "capacities": ["seller"], "legal_id": "HRB 1", "legal_id_scheme": "x"}');
SELECT marketplace.party_create(:m, '{"name": "x", "country": "FR", "capacities": ["seller"], "share_capital": "10 euros"}');
SELECT marketplace.party_create(:m, '{"name": "x", "country": "FR", "capacities": ["seller"], "addresses": [{"kind": "holiday", "line1": "x", "city": "y", "country": "FR"}]}');
SELECT marketplace.party_create(:m, '{"name": "x", "country": "FR", "capacities": ["seller"], "addresses": [{"kind": "billing", "line1": "x", "country": "FR"}]}');
SELECT marketplace.party_create(:m, '{"name": "x", "country": "FR", "capacities": ["seller"], "reference": "alpha"}');

-- a change replaces the legal data; addresses end, capacities end and begin; the event keeps what was said
SELECT marketplace.party_update(:m, :both, '{"name": "Tournevis SAS", "country": "FR", "siren": "732829320", "capacities": ["seller", "carrier"],
	"addresses": [{"kind": "registered", "line1": "2", "city": "Metz", "country": "FR"}]}') = :both AS updated;
SELECT name, siren, siret, time_zone FROM marketplace.parties WHERE marketplace_id = :m AND id = :both;
SELECT kind, line1, ended_at IS NULL AS in_use FROM marketplace.party_addresses WHERE marketplace_id = :m AND party_id = :both ORDER BY id;
SELECT capacity, ended_at IS NULL AS active FROM marketplace.party_capacities WHERE marketplace_id = :m AND party_id = :both ORDER BY capacity;
SELECT type, sequence, payload -> 'document' ->> 'name' AS name FROM marketplace.events WHERE marketplace_id = :m AND aggregate = 'party' AND aggregate_id = :both ORDER BY sequence;
SELECT marketplace.party_update(:m, :both, '{"name": "Tournevis SAS", "country": "FR", "reference": "beta"}');
SELECT marketplace.party_update(:m, 999999999, '{"name": "x", "country": "FR"}');

-- bank accounts: nothing is paid to one that is not verified
SELECT marketplace.bank_account_add(:m, :both, '{"iban": "FR76 3000 6000 0112 3456 7890 189", "currency": "EUR", "bic": "AGRIFRPP"}') AS account \gset
SELECT holder, iban, bic, currency, state, verified_at IS NULL AS never_verified FROM marketplace.bank_accounts WHERE marketplace_id = :m AND id = :account;
SELECT marketplace.bank_account_add(:m, :both, '{"iban": "FR7630006000011234567890189", "currency": "EUR"}');
SELECT marketplace.bank_account_add(:m, :both, '{"iban": "FR7630006000011234567890188", "currency": "EUR"}');
SELECT marketplace.bank_account_add(:m, :both, '{"iban": "FR7630006000011234567890189", "currency": "euro"}');
SELECT marketplace.bank_account_add(:m, :both, '{"currency": "EUR"}');
SELECT marketplace.bank_account_add(:m, 999999999, '{"iban": "FR7630006000011234567890189", "currency": "EUR"}');
SELECT marketplace.bank_account_verify(:m, 999999999);
SELECT marketplace.bank_account_block(:m, :account, NULL);
SELECT marketplace.bank_account_verify(:m, :account) = :account AS verified;
SELECT marketplace.bank_account_block(:m, :account, 'reported by the bank') = :account AS blocked;
\set VERBOSITY sqlstate
SELECT marketplace.bank_account_block(:m, :account, 'again');
\set VERBOSITY default
SELECT marketplace.bank_account_verify(:m, :account) = :account AS verified;
SELECT from_state, event, to_state, reason FROM marketplace.lifecycle_history WHERE marketplace_id = :m AND machine = 'bank_account' AND object_id = :'account' ORDER BY id;

-- nothing of it is written by hand, and nothing goes away
UPDATE marketplace.parties SET name = 'x' WHERE marketplace_id = :m;
DELETE FROM marketplace.parties WHERE marketplace_id = :m;
INSERT INTO marketplace.party_capacities VALUES (:m, :both, 'buyer', now());
UPDATE marketplace.bank_accounts SET iban = 'DE89370400440532013000' WHERE marketplace_id = :m AND id = :account;
UPDATE marketplace.bank_accounts SET state = 'added' WHERE marketplace_id = :m AND id = :account;
TRUNCATE marketplace.bank_accounts;
SELECT code, name FROM marketplace.units() WHERE code IN ('C62', 'KGM', 'HUR');
SELECT marketplace.unit_code_is_valid('XBX') AS box, marketplace.unit_code_is_valid('XB') AS short, marketplace.unit_code_is_valid('pcs') AS pieces, marketplace.unit_code_is_valid(NULL) AS none;
