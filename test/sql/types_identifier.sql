-- Identifiers: what each kind accepts and refuses, the domains' errors, the makers' errors. Vectors by id: test/pgtap/identifiers.sql.
SET search_path = marketplace, public;

-- Never an exception, NULL for NULL: every kind on hostile input.
CREATE TEMPORARY TABLE hostile (n int, what text, value text);
INSERT INTO hostile VALUES
	(1, 'null', NULL),
	(2, 'empty', ''),
	(3, 'one space', ' '),
	(4, 'letter', 'F'),
	(5, 'FR alone', 'FR'),
	(6, 'RF alone', 'RF'),
	(7, 'zeros, 100 kB', repeat('0', 100000)),
	(8, 'letters, 100 kB', repeat('A', 100000)),
	(9, 'IBAN and more, 100 kB', 'FR1420041010050500013M02606' || repeat('0', 100000)),
	(10, 'Arabic-Indic digits', '٠١٢٣٤٥٦٧'),
	(11, 'fullwidth IBAN', 'FR14２００４1010050500013M02606'),
	(12, 'Greek capital', 'ΑΒΓΔΕΖΗΘ'),
	(13, 'newline behind', E'4006381333931\n'),
	(14, 'minus', '-4006381333931'),
	(15, 'percent', '%s%n%x%s'),
	(16, 'control', E'\x01\x02\x7f');
SELECT n, what,
       country_code_is_valid(value) AS country,
       iban_is_valid(value) AS iban,
       bic_is_valid(value) AS bic,
       creditor_reference_is_valid(value) AS rf,
       siren_is_valid(value) AS siren,
       siret_is_valid(value) AS siret,
       vat_id_is_valid(value) AS vat,
       gtin_is_valid(value) AS gtin,
       gln_is_valid(value) AS gln,
       sscc_is_valid(value) AS sscc,
       s10_is_valid(value) AS s10,
       length(identifier_normalise(value)) AS normal
  FROM hostile ORDER BY n;

-- Countries: assigned codes only.
SELECT code, country_code_is_valid(code) FROM unnest(ARRAY[
	'FR', 'GR', 'AD', 'ZW', 'XK', 'EL', 'XI', 'UK', 'EU', 'AN', 'ZZ', 'fr', 'F1', 'FRA']) AS code;

-- IBAN: by country.
SELECT iban, iban_is_valid(iban) FROM unnest(ARRAY[
	'FR1420041010050500013M02606', 'DE89370400440532013000', 'GB29NWBK60161331926819', 'BE68539007547034',
	'MT84MALT011000012345MTLCAST001S', 'NO9386011117947', 'LC55HEMM000100010012001200023015', 'XK051212012345678906',
	'SC18SSCB11010000000000001497USD', 'AL47212110090000000235698741']) AS iban;
-- IBAN: a wrong check, two digits exchanged, lower case, spaces, one too many, one missing, a letter for a digit,
-- a country without IBANs, no country.
SELECT iban, iban_is_valid(iban) FROM unnest(ARRAY[
	'FR1420041010050500013M02607', 'DE89370400440532010300', 'fr1420041010050500013m02606', 'DE89 3704 0044 0532 0130 00',
	'DE893704004405320130000', 'DE8937040044053201300', 'DE8937040044053201300A', 'US89370400440532013000',
	'ZZ89370400440532013000']) AS iban;
-- IBAN: check digits 00, 01 and 99 leave the remainder 1 like 97, 98 and 02, but are not those that are computed.
SELECT check_digits, iban_is_valid('DE' || check_digits || bban)
  FROM (VALUES ('97', '370400440000000060'), ('00', '370400440000000060'),
	('98', '370400440000000139'), ('01', '370400440000000139'),
	('02', '370400440000000121'), ('99', '370400440000000121')) AS v (check_digits, bban);

-- BIC: 8 or 11; the country; Kosovo; letters where letters belong.
SELECT bic, bic_is_valid(bic) FROM unnest(ARRAY[
	'DEUTDEFF', 'DEUTDEFF500', 'AGRIFRPP882', 'NCBVXKPR', 'BNPAFRPPXXX',
	'DEUTDEFF50', 'DEUTDEFF5000', 'DEUTZZFF', 'DEU1DEFF', 'DEUTDEF-', 'deutdeff', 'DEUT DEFF']) AS bic;

-- Creditor reference: shortest and longest, then wrong.
SELECT rf, creditor_reference_is_valid(rf) FROM unnest(ARRAY[
	'RF18539007547034', creditor_reference_make('A')::text, creditor_reference_make('ABCDEFGHIJKLMNOPQRSTU')::text,
	'RF19539007547034', 'RF18', 'FR18539007547034', 'rf18539007547034', 'RF18 5390 0754 7034',
	'RF18539007547O34', creditor_reference_make('ABCDEFGHIJKLMNOPQRSTU') || '0']) AS rf;

-- SIREN and SIRET.
SELECT siren, siren_is_valid(siren) FROM unnest(ARRAY[
	'732829320', '552008443', '356000000', '732829321', '73282932', '7328293200', '73282932A', '732 829 320']) AS siren;
-- SIRET: right; wrong check; its SIREN wrong (though Luhn is right for 14); La Poste: head office, by digit sum,
-- by Luhn only, by neither; length.
SELECT siret, siret_is_valid(siret) FROM unnest(ARRAY[
	'73282932000074', '73282932000075', '73282932100007', '35600000000048', '35600000009075', '35600000000014',
	'35600000000049', '7328293200007', '732829320000741']) AS siret;

-- VAT numbers: one of each form.
SELECT vat, vat_id_is_valid(vat), CASE WHEN vat_id_is_valid(vat) THEN vat_id_country(vat::vat_id) END AS country
  FROM unnest(ARRAY[
	'ATU13585627', 'BE0776091951', 'BE1000000001', 'BG175074752', 'BG7523169263', 'CY10259033P', 'CZ25123891', 'CZ640903926',
	'CZ7103192745', 'DE136695976', 'DK13585628', 'EE100931558', 'EL094259216', 'ESB58378431', 'ES54362315K', 'ESX2482300W',
	'FI20774740', 'FR83404833048', 'FRK7399859412', 'HR33392005961', 'HU12892312', 'IE6433435F', 'IE8D79739I', 'IE1234567FA',
	'IT00743110157', 'LT119511515', 'LT100001919017', 'LU15027442', 'LV40003521600', 'MT11679112', 'NL004495445B01',
	'PL8567346215', 'PT501964843', 'RO18547290', 'RO19', 'SE123456789701', 'SI50223054', 'SK2022749619',
	'XI980780684', 'XI123456789012', 'XIGD001', 'XIHA599']) AS vat;
-- VAT numbers: wrong.
SELECT vat, vat_id_is_valid(vat) FROM unnest(ARRAY[
	'AT13585627', 'BE2776091951', 'BE776091951', 'CY102590331', 'DE13669597', 'GR094259216', 'GB980780684', 'ES123456789',
	'IE6433435', 'NL004495445A01', 'RO1', 'RO12345678901', 'XIGX001', 'CHE107787577', 'deE36695976', 'DE 136695976', 'FR',
	'FR404833048']) AS vat;
-- French VAT: key right; wrong; letters in the key; I and O are no key; SIREN wrong; Monaco; Monaco's key wrong.
SELECT vat, vat_id_is_valid(vat) FROM unnest(ARRAY[
	'FR83404833048', 'FR84404833048', 'FRZ1404833048', 'FRI1404833048', 'FR1O404833048', 'FRZ1404833049', 'FR53000004605',
	'FR54000004605']) AS vat;
SELECT vat_id_country(NULL), vat_id_country('EL094259216'), vat_id_country('XIGD001'), vat_id_country('FR53000004605');

-- GS1 keys.
SELECT gtin, gtin_is_valid(gtin), CASE WHEN gtin_is_valid(gtin) THEN gtin_to_14(gtin::gtin) END AS gtin_14
  FROM unnest(ARRAY[
	'96385074', '614141000036', '4006381333931', '10614141073464', '4006381333932', '96385075', '9638507', '400638133393',
	'04006381333931', '004006381333931', '400638133393X', '4006381 333931']) AS gtin;
SELECT gln, gln_is_valid(gln) FROM unnest(ARRAY[
	'0614141073467', '0614141073468', '614141073467', '00614141073467']) AS gln;
SELECT sscc, sscc_is_valid(sscc) FROM unnest(ARRAY[
	'106141412345678908', '012345000000000027', '106141412345678909', '10614141234567890', '0106141412345678908']) AS sscc;
SELECT digits, gs1_check_digit(digits) FROM unnest(ARRAY['400638133393', '10614141234567890', '0', NULL]) AS digits;

-- S10: check digits 0 and 5 stand for remainders 10 and 11; country; form.
SELECT s10, s10_is_valid(s10) FROM unnest(ARRAY[
	'RB123456785GB', 'RB000000005FR', 'RB000000080FR', 'RB000000081FR', 'RB123456786US', 'RB123456785XX', 'RB123456785EL', 'R1123456785GB',
	'RB12345678GB', 'rb123456785gb', 'RB 123456785 GB']) AS s10;

-- Normalising: separators and case, nothing else.
SELECT identifier_normalise('fr14 2004 1010-0505 0001 3m02 606')::iban AS iban,
       identifier_normalise(E'732\u00a0829\u202f320')::siren AS siren,
       identifier_normalise(E'rf18\u20075390\u20090754\u20107034\u2011')::creditor_reference AS rf,
       identifier_normalise(' - ') AS nothing,
       identifier_normalise(NULL) AS "null";
SELECT identifier_normalise('be 0776.091.951') AS dots, identifier_normalise(E'é\t1\n') AS others;

-- The domains refuse what is not normal, and take NULL.
SELECT NULL::iban, NULL::country_code, NULL::sscc;
SELECT 'FR1420041010050500013M02607'::iban;
SELECT 'FR14 2004 1010 0505 0001 3M02 606'::iban;
SELECT 'deutdeff'::bic;
SELECT '732829321'::siren;
SELECT '73282932000075'::siret;
SELECT 'FR84404833048'::vat_id;
SELECT '0614141073468'::gln;
SELECT '4006381333932'::gtin;
SELECT '106141412345678909'::sscc;
SELECT 'RB123456786US'::s10;
SELECT 'RF19539007547034'::creditor_reference;
SELECT 'EL'::country_code;
SELECT ''::gtin;
SELECT gtin_to_14('4006381333932');
-- Compared byte by byte, whatever the database's collation.
SELECT t.typname, c.collname
  FROM pg_type AS t
  JOIN pg_collation AS c ON c.oid = t.typcollation
 WHERE t.typnamespace = 'marketplace'::regnamespace
   AND t.typname IN ('iban', 'bic', 'siren', 'siret', 'vat_id', 'gln', 'gtin', 'sscc', 's10', 'creditor_reference',
	'country_code')
 ORDER BY 1;

-- Makers.
SELECT creditor_reference_make('MKTINV2026000123'), creditor_reference_make(NULL);
SELECT sscc_make(1, '0614141', 234567890), sscc_make(0, '1234', 0), sscc_make(9, '999999999999', 9999),
       sscc_make(0, '1234', 999999999999), sscc_make(1, NULL, 1);
SELECT creditor_reference_make('');
SELECT creditor_reference_make('ABCDEFGHIJKLMNOPQRSTUV');
SELECT creditor_reference_make('INV-2026-000123');
SELECT creditor_reference_make(repeat('é', 50000));
SELECT gs1_check_digit('');
SELECT gs1_check_digit('40063813339x');
SELECT gs1_check_digit('123456789012345678');
SELECT sscc_make(10, '0614141', 1);
SELECT sscc_make(-1, '0614141', 1);
SELECT sscc_make(1, '061', 1);
SELECT sscc_make(1, '0614141000000', 1);
SELECT sscc_make(1, '06141 1', 1);
SELECT sscc_make(1, '0614141', -1);
SELECT sscc_make(1, '0614141', 1000000000);
SELECT sscc_make(1, '0614141', 9223372036854775807);

-- EPCIS: EPC URIs and Digital Links of the three kinds.
SELECT uri, epc_to_gs1(uri) FROM unnest(ARRAY[
	'urn:epc:id:sgtin:0614141.107346.2017', 'urn:epc:id:sgtin:061414.1107346.a%2Fb.c', 'urn:epc:id:sgtin:061414112345.1.0',
	'urn:epc:id:sscc:0614141.1234567890', 'urn:epc:id:sscc:061414112345.12345', 'urn:epc:id:sgln:0614141.07346.1234',
	'urn:epc:id:sgln:061414107346..0',
	'https://id.gs1.org/01/10614141073464/21/2017', 'https://id.gs1.org/01/4006381333931', 'https://id.gs1.org/01/96385074?x=1',
	'https://id.gs1.org/00/106141412345678908', 'https://id.gs1.org/414/0614141073467/254/1234',
	'https://id.gs1.org/414/0614141073467#here']) AS uri;
-- Anything else is not an error.
SELECT uri, epc_to_gs1(uri) FROM unnest(ARRAY[
	'', 'urn:epc:id:sgtin', 'urn:epc:id:grai:0614141.12345.400', 'urn:epc:id:pgln:0614141.00000', 'https://example.com/01/4006381333931',
	'https://id.gs1.org/8003/04012345123456', 'https://id.gs1.org/01', 'hello', NULL]) AS uri;
SELECT epc_to_gs1(repeat('x', 100000)) AS long;
-- Malformed: parts missing or too many, lengths, letters, serials, check digits.
CREATE FUNCTION pg_temp.epc_error(uri text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN 'no error: ' || coalesce(marketplace.epc_to_gs1(uri), 'NULL');
EXCEPTION WHEN SQLSTATE 'MK002' THEN
	RETURN 'MK002 ' || SQLERRM;
END $$;
SELECT uri, pg_temp.epc_error(uri) FROM unnest(ARRAY[
	'urn:epc:id:sgtin:', 'urn:epc:id:sgtin:0614141', 'urn:epc:id:sgtin:0614141.107346', 'urn:epc:id:sgtin:0614141.107346.',
	'urn:epc:id:sgtin:0614141.10734.1', 'urn:epc:id:sgtin:06141.41107346.1', 'urn:epc:id:sgtin:0614141073461..1',
	'urn:epc:id:sgtin:0614141.10734x.1', 'urn:epc:id:sgtin:0614141.107346.123456789012345678901',
	'urn:epc:id:sgtin:0614141.107346.a/b', 'urn:epc:id:sgtin:0614141.107346.a%2', 'urn:epc:id:sgtin:0614141.107346.%GG',
	'urn:epc:id:sgtin:0614141.107346.é', 'urn:epc:id:sscc:0614141.123456789', 'urn:epc:id:sscc:0614141.1234567890.1',
	'urn:epc:id:sgln:0614141.07346', 'urn:epc:id:sgln:061414107346.0.0',
	'https://id.gs1.org/01/', 'https://id.gs1.org/01/4006381333932', 'https://id.gs1.org/01/4006381333931x',
	'https://id.gs1.org/01/4006381333931/21/a b', 'https://id.gs1.org/00/4006381333931',
	'https://id.gs1.org/414/10614141073464']) AS uri;
SELECT epc_to_gs1('urn:epc:id:sgtin:' || repeat('é', 50000));

-- The tables, counted and sampled.
SELECT count(*) AS countries, count(*) FILTER (WHERE iso_3166) AS iso, count(vat_prefix) AS vat, count(iban_length) AS iban
  FROM countries();
SELECT * FROM countries() WHERE code IN ('AD', 'FR', 'GB', 'GR', 'IT', 'MC', 'MT', 'NO', 'RE', 'US', 'XK') ORDER BY code;
SELECT code FROM countries() WHERE code !~ '^[A-Z]{2}$' OR country_code_is_valid(code) <> iso_3166;
RESET search_path;
