-- Identifiers: functions that answer whether a text is one, domains that refuse it if not, and what is made of them.
-- The alphabet is strict (capitals, no separators), for stored identifiers are compared byte by byte; identifier_normalise() is for input.

CREATE FUNCTION marketplace.country_code_is_valid(value text) RETURNS boolean
AS 'MODULE_PATHNAME', 'country_code_is_valid'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.country_code_is_valid(text) IS
'True for an officially assigned alpha-2 code of ISO 3166-1 (249 codes; RD-23). Capitals, no separators. NULL for NULL; never raises.';

CREATE DOMAIN marketplace.country_code AS text COLLATE "C"
	CONSTRAINT country_code_is_valid CHECK (marketplace.country_code_is_valid(VALUE));
COMMENT ON DOMAIN marketplace.country_code IS
'Country, ISO 3166-1 alpha-2. What marketplace.country_code_is_valid() accepts; anything else violates the check constraint country_code_is_valid (23514).';

CREATE FUNCTION marketplace.iban_is_valid(value text) RETURNS boolean
AS 'MODULE_PATHNAME', 'iban_is_valid'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.iban_is_valid(text) IS
'True for an IBAN of ISO 13616: country of the IBAN registry, its length and structure, check digits 02 to 98 by ISO 7064 modulo 97 (RD-32). National check digits inside the account number are not tested. Capitals, no separators. NULL for NULL; never raises.';

CREATE DOMAIN marketplace.iban AS text COLLATE "C"
	CONSTRAINT iban_is_valid CHECK (marketplace.iban_is_valid(VALUE));
COMMENT ON DOMAIN marketplace.iban IS
'Bank account, ISO 13616. What marketplace.iban_is_valid() accepts; anything else violates the check constraint iban_is_valid (23514).';

CREATE FUNCTION marketplace.bic_is_valid(value text) RETURNS boolean
AS 'MODULE_PATHNAME', 'bic_is_valid'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.bic_is_valid(text) IS
'True for a BIC of ISO 9362: 8 or 11 characters, with a country of ISO 3166-1 or XK (RD-34). Capitals, no separators. NULL for NULL; never raises.';

CREATE DOMAIN marketplace.bic AS text COLLATE "C"
	CONSTRAINT bic_is_valid CHECK (marketplace.bic_is_valid(VALUE));
COMMENT ON DOMAIN marketplace.bic IS
'Bank, ISO 9362 (SWIFT code). What marketplace.bic_is_valid() accepts; anything else violates the check constraint bic_is_valid (23514).';

CREATE FUNCTION marketplace.creditor_reference_is_valid(value text) RETURNS boolean
AS 'MODULE_PATHNAME', 'creditor_reference_is_valid'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.creditor_reference_is_valid(text) IS
'True for a structured creditor reference of ISO 11649: RF, check digits, 1 to 21 characters (RD-33). Capitals, no separators. NULL for NULL; never raises.';

CREATE DOMAIN marketplace.creditor_reference AS text COLLATE "C"
	CONSTRAINT creditor_reference_is_valid CHECK (marketplace.creditor_reference_is_valid(VALUE));
COMMENT ON DOMAIN marketplace.creditor_reference IS
'Structured payment reference, ISO 11649 (RF…). What marketplace.creditor_reference_is_valid() accepts; anything else violates the check constraint creditor_reference_is_valid (23514).';

CREATE FUNCTION marketplace.siren_is_valid(value text) RETURNS boolean
AS 'MODULE_PATHNAME', 'siren_is_valid'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.siren_is_valid(text) IS
'True for a French SIREN: 9 digits, Luhn (RD-35). Capitals, no separators. NULL for NULL; never raises.';

CREATE DOMAIN marketplace.siren AS text COLLATE "C"
	CONSTRAINT siren_is_valid CHECK (marketplace.siren_is_valid(VALUE));
COMMENT ON DOMAIN marketplace.siren IS
'French enterprise, SIREN. A wrong check digit is refused: the French e-invoicing rules refuse a legal document that carries one. What marketplace.siren_is_valid() accepts; anything else violates the check constraint siren_is_valid (23514).';

CREATE FUNCTION marketplace.siret_is_valid(value text) RETURNS boolean
AS 'MODULE_PATHNAME', 'siret_is_valid'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.siret_is_valid(text) IS
'True for a French SIRET: 14 digits, Luhn, a valid SIREN first; establishments of La Poste (356000000) other than its head office have a digit sum divisible by 5 instead (RD-35). Capitals, no separators. NULL for NULL; never raises.';

CREATE DOMAIN marketplace.siret AS text COLLATE "C"
	CONSTRAINT siret_is_valid CHECK (marketplace.siret_is_valid(VALUE));
COMMENT ON DOMAIN marketplace.siret IS
'French establishment, SIRET. A wrong check digit is refused: the French e-invoicing rules refuse a legal document that carries one. What marketplace.siret_is_valid() accepts; anything else violates the check constraint siret_is_valid (23514).';

CREATE FUNCTION marketplace.vat_id_is_valid(value text) RETURNS boolean
AS 'MODULE_PATHNAME', 'vat_id_is_valid'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.vat_id_is_valid(text) IS
'True for a VAT identification number of the EU with its prefix, in the form its country publishes; EL is Greece, XI Northern Ireland (RD-23). Check digits are tested for France only: a numeric key, and the SIREN unless it is Monacos 000 (RD-35). Whether the number is registered is known to VIES, not here. Capitals, no separators. NULL for NULL; never raises.';

CREATE DOMAIN marketplace.vat_id AS text COLLATE "C"
	CONSTRAINT vat_id_is_valid CHECK (marketplace.vat_id_is_valid(VALUE));
COMMENT ON DOMAIN marketplace.vat_id IS
'VAT identification number of the EU, directive 2006/112/EC article 215. What marketplace.vat_id_is_valid() accepts; anything else violates the check constraint vat_id_is_valid (23514).';

CREATE FUNCTION marketplace.gtin_is_valid(value text) RETURNS boolean
AS 'MODULE_PATHNAME', 'gtin_is_valid'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.gtin_is_valid(text) IS
'True for a GTIN-8, -12, -13 or -14 with the GS1 check digit (RD-29). Capitals, no separators. NULL for NULL; never raises.';

CREATE DOMAIN marketplace.gtin AS text COLLATE "C"
	CONSTRAINT gtin_is_valid CHECK (marketplace.gtin_is_valid(VALUE));
COMMENT ON DOMAIN marketplace.gtin IS
'Trade item, GS1 GTIN as printed: 8, 12, 13 or 14 digits. GTIN-13 and its GTIN-14 are different texts: compare marketplace.gtin_to_14(). What marketplace.gtin_is_valid() accepts; anything else violates the check constraint gtin_is_valid (23514).';

CREATE FUNCTION marketplace.gln_is_valid(value text) RETURNS boolean
AS 'MODULE_PATHNAME', 'gln_is_valid'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.gln_is_valid(text) IS
'True for a GLN: 13 digits with the GS1 check digit (RD-29). Capitals, no separators. NULL for NULL; never raises.';

CREATE DOMAIN marketplace.gln AS text COLLATE "C"
	CONSTRAINT gln_is_valid CHECK (marketplace.gln_is_valid(VALUE));
COMMENT ON DOMAIN marketplace.gln IS
'Party or location, GS1 GLN. What marketplace.gln_is_valid() accepts; anything else violates the check constraint gln_is_valid (23514).';

CREATE FUNCTION marketplace.sscc_is_valid(value text) RETURNS boolean
AS 'MODULE_PATHNAME', 'sscc_is_valid'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.sscc_is_valid(text) IS
'True for an SSCC: 18 digits with the GS1 check digit (RD-29). Capitals, no separators. NULL for NULL; never raises.';

CREATE DOMAIN marketplace.sscc AS text COLLATE "C"
	CONSTRAINT sscc_is_valid CHECK (marketplace.sscc_is_valid(VALUE));
COMMENT ON DOMAIN marketplace.sscc IS
'Logistic unit, GS1 SSCC. What marketplace.sscc_is_valid() accepts; anything else violates the check constraint sscc_is_valid (23514).';

CREATE FUNCTION marketplace.s10_is_valid(value text) RETURNS boolean
AS 'MODULE_PATHNAME', 's10_is_valid'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.s10_is_valid(text) IS
'True for a postal item number of UPU S10: two letters, eight digits, check digit, country of ISO 3166-1 (RD-31). Capitals, no separators. NULL for NULL; never raises.';

CREATE DOMAIN marketplace.s10 AS text COLLATE "C"
	CONSTRAINT s10_is_valid CHECK (marketplace.s10_is_valid(VALUE));
COMMENT ON DOMAIN marketplace.s10 IS
'Postal item, UPU S10 (parcels and letters across borders). What marketplace.s10_is_valid() accepts; anything else violates the check constraint s10_is_valid (23514).';

CREATE FUNCTION marketplace.identifier_normalise(value text) RETURNS text
AS 'MODULE_PATHNAME', 'identifier_normalise'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.identifier_normalise(text) IS
'An identifier as people write it, as the domains want it: ASCII letters in capitals, without spaces (U+0020, U+00A0, U+2007, U+2009, U+202F) and hyphens (U+002D, U+2010, U+2011). Nothing else is changed, so that a typing error stays one (RD-28). NULL for NULL.';

CREATE FUNCTION marketplace.vat_id_country(vat_id marketplace.vat_id) RETURNS marketplace.country_code
AS 'MODULE_PATHNAME', 'vat_id_country'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.vat_id_country(marketplace.vat_id) IS
'The country of ISO 3166-1 that gave a VAT number: GR for EL, GB for XI (of which only Northern Ireland is EU territory, for goods); FR for Monaco''s, which are of the French series (RD-23). NULL for NULL.';

CREATE FUNCTION marketplace.creditor_reference_make(body text) RETURNS marketplace.creditor_reference
AS 'MODULE_PATHNAME', 'creditor_reference_make'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.creditor_reference_make(text) IS
'The creditor reference of ISO 11649 for an own reference of 1 to 21 capital letters and digits: RF, check digits, the own reference (RD-33). NULL for NULL. Error: MK002.';

CREATE FUNCTION marketplace.gs1_check_digit(digits text) RETURNS int
AS 'MODULE_PATHNAME', 'gs1_check_digit'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.gs1_check_digit(text) IS
'The check digit that follows the 1 to 17 digits of a GTIN, GLN, SSCC or other GS1 key (RD-29). NULL for NULL. Error: MK002.';

CREATE FUNCTION marketplace.gtin_to_14(gtin marketplace.gtin) RETURNS marketplace.gtin
AS 'MODULE_PATHNAME', 'gtin_to_14'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.gtin_to_14(marketplace.gtin) IS
'The GTIN with zeros before it to 14 digits, the form in which two GTINs compare. NULL for NULL.';

CREATE FUNCTION marketplace.sscc_make(extension int, company_prefix text, serial bigint) RETURNS marketplace.sscc
AS 'MODULE_PATHNAME', 'sscc_make'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.sscc_make(int, text, bigint) IS
'The SSCC of an extension digit (0 to 9), a GS1 company prefix (4 to 12 digits) and a serial reference, which fills up to 16 digits with the prefix (RD-29). The caller counts the serials; GS1 wants none used again within a year. NULL if an argument is NULL. Error: MK002.';

CREATE FUNCTION marketplace.epc_to_gs1(uri text) RETURNS text
AS 'MODULE_PATHNAME', 'epc_to_gs1'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.epc_to_gs1(text) IS
'The GS1 key in a URI of an EPCIS event (RD-30): GTIN-14 of urn:epc:id:sgtin, SSCC of urn:epc:id:sscc, GLN of urn:epc:id:sgln, and the same of https://id.gs1.org/01/, /00/ and /414/. Serial numbers, lots and extensions are dropped. NULL for NULL and for any other URI or text. Error: MK002 if it claims to be one of these and its digits are wrong.';

CREATE FUNCTION marketplace.countries(
	OUT code text,
	OUT iso_3166 boolean,
	OUT vat_prefix text,
	OUT iban_length int,
	OUT iban_structure text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'countries'
LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.countries() IS
'The countries the identifiers know: ISO 3166-1 alpha-2 code (iso_3166 is false for XK, which banks use), prefix of its EU VAT numbers (GB: XI, Northern Ireland only), length of its IBANs and structure of the account number in them (n digits, a letters, c letters or digits); NULL where it has none.';
