-- Identifiers by rule id (RD-23, RD-28 … RD-35) and by the public vectors ID1 … ID42.
BEGIN;
SET search_path = marketplace, public;
SELECT plan(40);

SELECT ok(gtin_is_valid('4006381333931'), 'v:ID1 GTIN 4006381333931');
SELECT ok(NOT gtin_is_valid('4006381333932'), 'v:ID2 GTIN 4006381333932, wrong check digit');
SELECT ok(gtin_is_valid('10614141073464'), 'v:ID3 GTIN 10614141073464');
SELECT ok(sscc_is_valid('106141412345678908'), 'v:ID4 SSCC 106141412345678908');
SELECT ok(sscc_is_valid('012345000000000027'), 'v:ID5 SSCC 012345000000000027');
SELECT ok(gln_is_valid('0614141073467'), 'v:ID6 GLN 0614141073467');
SELECT ok(s10_is_valid('RB123456785GB'), 'v:ID10 S10 RB123456785GB');
SELECT ok(NOT s10_is_valid('RB123456786US'), 'v:ID11 S10 RB123456786US, wrong check digit');
SELECT ok(NOT s10_is_valid('RB123456785XX'), 'v:ID12 S10 RB123456785XX, no such country');
SELECT ok(iban_is_valid('FR1420041010050500013M02606'), 'v:ID16 IBAN FR1420041010050500013M02606');
SELECT ok(NOT iban_is_valid('FR1420041010050500013M02607'), 'v:ID17 IBAN FR1420041010050500013M02607, wrong check digits');
SELECT ok(creditor_reference_is_valid('RF18539007547034'), 'v:ID21 RF18539007547034');
SELECT ok(NOT creditor_reference_is_valid('RF19539007547034'), 'v:ID22 RF19539007547034, wrong check digits');
SELECT ok(bic_is_valid('DEUTDEFF'), 'v:ID25 BIC DEUTDEFF');
SELECT ok(NOT bic_is_valid('DEUTDEFF50'), 'v:ID26 BIC DEUTDEFF50, wrong length');
SELECT is(creditor_reference_make('MKTINV2026000123')::text, 'RF04MKTINV2026000123', 'v:ID40 creditor reference made');
SELECT is(epc_to_gs1('urn:epc:id:sgtin:0614141.107346.2017'), '10614141073464', 'v:ID42 sgtin to GTIN-14');
SELECT is(epc_to_gs1('urn:epc:id:sscc:0614141.1234567890'), '106141412345678908', 'v:ID42 sscc to SSCC');
SELECT is(epc_to_gs1('urn:epc:id:sgln:0614141.07346.1234'), '0614141073467', 'v:ID42 sgln to GLN');

-- RD-23
SELECT is((SELECT count(*)::int FROM countries() WHERE iso_3166), 249, 'RD-23 ISO 3166-1 has 249 codes');
SELECT is((SELECT array_agg(code || ':' || vat_prefix ORDER BY code) FROM countries() WHERE vat_prefix <> code),
	ARRAY['GB:XI', 'GR:EL'], 'RD-23 the VAT prefix is the country code, but EL and XI');
SELECT is((SELECT count(*)::int FROM countries() WHERE vat_prefix IS NOT NULL), 28, 'RD-23 27 member states and Northern Ireland');

-- RD-28, for all kinds: NULL for NULL; the domain of a kind takes and refuses what its function says.
SELECT is_empty($$
	SELECT proname FROM pg_proc
	 WHERE pronamespace = 'marketplace'::regnamespace AND proname LIKE '%\_is\_valid'
	   AND (NOT proisstrict OR provolatile <> 'i' OR proparallel <> 's')
$$, 'RD-28 every is_valid function is strict, immutable and parallel safe');
SELECT is(identifier_normalise('fr14 2004-1010 0505 0001 3m02 606')::iban::text, 'FR1420041010050500013M02606',
	'RD-28 input may hold spaces or hyphens');
SELECT throws_ok($$SELECT 'FR14 2004 1010 0505 0001 3M02 606'::iban$$, '23514', NULL, 'RD-28 storage does not');

-- RD-29: each of the ten digits is right for one body only; every single wrong digit is found.
SELECT is((SELECT count(*)::int FROM generate_series(0, 9) AS d WHERE gtin_is_valid('400638133393' || d)), 1,
	'RD-29 one check digit is right');
SELECT is((
	SELECT count(*)::int
	  FROM generate_series(1, 18) AS at, generate_series(0, 9) AS d
	 WHERE substr('106141412345678908', at, 1) <> d::text
	   AND sscc_is_valid(overlay('106141412345678908' PLACING d::text FROM at FOR 1))),
	0, 'RD-29 every single wrong digit of an SSCC is found');
SELECT ok(bool_and(sscc_is_valid(sscc_make(serial::int % 10, '0614141', serial))), 'RD-29 every SSCC made is one')
  FROM generate_series(1, 999999, 997) AS serial;

-- RD-30 there and back
SELECT is((
	SELECT count(*)::int
	  FROM generate_series(1, 99999, 97) AS item
	 WHERE NOT gtin_is_valid(epc_to_gs1(format('urn:epc:id:sgtin:0614141.1%s.7', lpad(item::text, 5, '0'))))),
	0, 'RD-30 every GTIN of an EPC is valid');
SELECT is(epc_to_gs1('urn:epc:id:grai:0614141.12345.400'), NULL, 'RD-30 an EPC of another kind is not an error');
SELECT throws_ok($$SELECT epc_to_gs1('urn:epc:id:sgtin:0614141.10734.1')$$, 'MK002', NULL, 'RD-30 a malformed one is');

-- RD-31: remainders 1 and 0
SELECT ok(s10_is_valid('RB000000080FR') AND s10_is_valid('RB000000005FR'), 'RD-31 10 becomes 0, 11 becomes 5');

-- RD-32
SELECT is((
	SELECT count(*)::int
	  FROM generate_series(1, 27) AS at, generate_series(0, 9) AS d
	 WHERE substr('FR1420041010050500013M02606', at, 1) ~ '[0-9]'
	   AND substr('FR1420041010050500013M02606', at, 1) <> d::text
	   AND iban_is_valid(overlay('FR1420041010050500013M02606' PLACING d::text FROM at FOR 1))),
	0, 'RD-32 every single wrong digit of an IBAN is found');
SELECT is((SELECT iban_length FROM countries() WHERE code = 'MT'), 31, 'RD-32 the longest of the SEPA IBANs is Malta''s');

-- RD-33
SELECT is((SELECT count(*)::int FROM generate_series(1, 2000) AS i WHERE NOT creditor_reference_is_valid(creditor_reference_make('INV' || i))),
	0, 'RD-33 every reference made is valid');
SELECT throws_ok($$SELECT creditor_reference_make('INV-1')$$, 'MK002', NULL, 'RD-33 the own reference is letters and digits');

-- RD-34
SELECT ok(NOT bic_is_valid('DEUTZZFF'), 'RD-34 the country of a BIC exists');

-- RD-35
SELECT ok(siret_is_valid('35600000009075') AND siret_is_valid('35600000000048') AND NOT siret_is_valid('35600000000014'),
	'RD-35 La Poste: digit sum modulo 5, head office by Luhn');
SELECT ok(NOT siret_is_valid('73282932100007'), 'RD-35 a SIRET starts with a SIREN');
SELECT is((
	SELECT count(*)::int
	  FROM generate_series(0, 99) AS key
	 WHERE vat_id_is_valid('FR' || lpad(key::text, 2, '0') || '404833048')
	   AND key <> (12 + 3 * (404833048 % 97)) % 97),
	0, 'RD-35 one numeric key is right for a SIREN');

SELECT * FROM finish();
ROLLBACK;
