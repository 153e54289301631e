-- Marketplaces, parties and orders. C: src/orders/

CREATE FUNCTION marketplace.unit_code_is_valid(value text) RETURNS boolean
AS 'MODULE_PATHNAME', 'unit_code_is_valid'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.unit_code_is_valid(text) IS
'True for a unit of marketplace.units() and for a package code of UN/ECE recommendation 21 with its prefix X (RD-5). NULL for NULL; never raises.';

CREATE DOMAIN marketplace.unit_code AS text COLLATE "C"
	CONSTRAINT unit_code_is_valid CHECK (marketplace.unit_code_is_valid(VALUE));
COMMENT ON DOMAIN marketplace.unit_code IS
'Unit of measure, UN/ECE recommendation 20 as used by EN 16931. What marketplace.unit_code_is_valid() accepts; anything else violates the check constraint unit_code_is_valid (23514).';

CREATE FUNCTION marketplace.units(OUT code text, OUT name text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'units'
LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 40;
COMMENT ON FUNCTION marketplace.units() IS
'The units of measure that orders take, UN/ECE recommendation 20 (RD-5); package codes of recommendation 21 with prefix X, such as XBX for a box, are taken as well.';

CREATE FUNCTION marketplace.marketplace_create(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.marketplace_create(int, jsonb, text) IS
'Opens a marketplace (tenant) under a number of your choice, 1 or more. Document: name, country; time_zone ("Europe/Paris"), calendar ("FR"); operator and psp: documents of parties as in party_create(), which are created with it (psp may be left out). Only for the owner of the tables and operators already granted for that number. Returns marketplace_id. Errors: MK002, MK003, MK005, MK006, MK071.';

CREATE FUNCTION marketplace.marketplace_update(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.marketplace_update(int, jsonb, text) IS
'Changes what the document names of a marketplace: name, country, time_zone, calendar, psp (number of a party with capacity psp). Operators only. Deadlines that run are not changed. Returns marketplace_id. Errors: MK002, MK003, MK004, MK005, MK071.';

CREATE FUNCTION marketplace.party_create(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.party_create(int, jsonb, text) IS
'Records a party. Document: name (legal name), country, capacities (list of seller, buyer, carrier, insurer, psp, operator); optional reference (your own key, unique), trade_name, legal_form, share_capital ("1000.00 EUR"), siren, siret, vat_id, legal_id with legal_id_scheme (ISO 6523), einvoice_address with einvoice_scheme (EAS), email, phone, time_zone, calendar, addresses (list of kind registered | billing | delivery | returns, recipient, line1, line2, line3, postcode, city, subdivision, country, gln). Identifiers may hold spaces. Operators only. Returns the party''s number. Errors: MK003 with the path, MK005, MK006 (reference in use), MK071.';

CREATE FUNCTION marketplace.party_update(marketplace_id int, party_id bigint, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.party_update(int, bigint, jsonb, text) IS
'Replaces the legal data of a party by a document as in party_create(): what it leaves out is cleared, but capacities and addresses stay when it has no such key. Documents issued before keep what they printed. Operators, and the party itself except for its capacities. Returns party_id. Errors: MK003, MK004, MK005, MK006, MK071.';

CREATE FUNCTION marketplace.bank_account_add(marketplace_id int, party_id bigint, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.bank_account_add(int, bigint, jsonb, text) IS
'Records a bank account of a party; nothing is paid to it before bank_account_verify(). Document: iban, currency, holder (default: the party''s name), bic. Operators and the party itself. Returns the account''s number. Errors: MK003, MK004, MK005, MK006 (account known already).';

CREATE FUNCTION marketplace.bank_account_verify(marketplace_id int, bank_account_id bigint, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.bank_account_verify(int, bigint, text) IS
'Lets payouts go to a bank account; of several verified ones in a currency the one verified last is paid. Operators only. Returns bank_account_id. Errors: MK004, MK005, MK030.';

CREATE FUNCTION marketplace.bank_account_block(marketplace_id int, bank_account_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.bank_account_block(int, bigint, text, text) IS
'Stops payouts to a bank account until it is verified again. Operators and the party itself. Returns bank_account_id. Errors: MK001, MK004, MK005, MK030.';

CREATE FUNCTION marketplace.order_place(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.order_place(int, jsonb, text) IS
'Records an order: header, one seller order per seller, lines with their pinned amounts. Document: reference (the buyer''s), buyer (party), currency (in force on the day it is placed, RD-22), lines; optional placed_at (operators), ship_by, deliver_from, deliver_by, incoterm, delivery_address (recipient, line1, line2, line3, postcode, city, subdivision, country, gln). Line: seller (party), description, quantity (at most 4 decimals), net_price (at most 6), vat_category, vat_rate (percent; none for O); optional position (all lines or none), kind (goods | service | shipping | fee | discount; default goods), unit (default C62), price_base_quantity (default 1), exemption_code, sku, gtin, commission_category, applies_to (of a discount: position of the goods line; default all goods of the seller and VAT key), ship_by, deliver_from, deliver_by. Numbers may be strings. '
'Amounts: net = round(quantity × price ÷ base); VAT is rounded per seller, category, rate and exemption code on the sum and spread over the lines (IV-24, RD-9). At most 10000 lines. Buyers for themselves, and operators. Returns the order''s number. Errors: MK003 with the path, MK005, MK006 (reference in use), MK011.';

CREATE FUNCTION marketplace.seller_order_accept(marketplace_id int, seller_order_id bigint, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.seller_order_accept(int, bigint, text) IS
'The seller accepts its part of an order, until accept_by. The seller, and operators. Returns seller_order_id. Errors: MK004, MK005, MK030, MK101 (too late and silence means refusal).';

CREATE FUNCTION marketplace.seller_order_refuse(marketplace_id int, seller_order_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.seller_order_refuse(int, bigint, text, text) IS
'The seller refuses its part of an order as a whole, before it has accepted it: every line is cancelled. The seller, and operators. Returns seller_order_id. Errors: MK001, MK004, MK005, MK030, MK101 (accepted, by word or by silence: use order_line_refuse()).';

CREATE FUNCTION marketplace.order_line_refuse(marketplace_id int, order_line_id bigint, quantity numeric DEFAULT NULL, reason text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.order_line_refuse(int, bigint, numeric, text, text) IS
'The seller cancels a quantity of a line that has not been shipped (NULL: all of it), before or after it accepted. When no goods and services are left the seller order is refused and its shipping, fee and discount lines are cancelled as well. A reason must be given. The seller, and operators. Returns the movement''s number. Errors: MK001, MK004, MK005, MK100, MK101.';

CREATE FUNCTION marketplace.order_line_promise(marketplace_id int, order_line_id bigint, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.order_line_promise(int, bigint, jsonb, text) IS
'A new promise for a line; the one made at placement is kept and lateness is judged on the last (LG-33). Document: source, and at least one of ship_by, deliver_from, deliver_by (dates). The seller, and operators. Returns the promise''s number. Errors: MK003, MK004, MK005.';
