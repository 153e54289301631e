-- No public function takes a wrong input without an error of class MK. Catalog-driven: every function of schema marketplace, every
-- argument, is called with NULL and with the nasty values of its type while the other arguments are good; every place of a document is
-- replaced by each nasty JSON value, left out, and given an unknown neighbour. Allowed are success and class MK (and what `allowed` lists);
-- a new function is covered from its first day with what its argument names and types say, so give it a good call below.
-- Each call runs in a subtransaction that is rolled back, whatever came of it. BAD_INPUT_EVERY=N tries one in N of the nasty values in
-- each place of a document, another one in each place (the sanitizers are slow); `make test` tries all.
\set every 1
\getenv every BAD_INPUT_EVERY
SET client_min_messages = warning;
SET search_path = pg_catalog, public;
SELECT plan(12);

CREATE TEMP TABLE sample AS SELECT :every::int AS every;
CREATE TEMP TABLE ids (tenant int, name text, id bigint);
\ir ../fixtures/einvoice.sql
\set m 990002
\ir ../fixtures/bad_input.sql
\set m 990001
\ir ../fixtures/bad_input.sql

-- '@order_line_id' in a text is the id of that name in marketplace 990001
CREATE FUNCTION pg_temp.fill(template text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	i record;
BEGIN
	FOR i IN SELECT name, id FROM pg_temp.ids WHERE tenant = 990001 ORDER BY length(name) DESC LOOP
		template := replace(template, '@' || i.name, i.id::text);
	END LOOP;
	RETURN replace(template, '@now', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'));
END $$;

SELECT min(id) AS unit_invoice FROM marketplace.invoices WHERE marketplace_id = 990001 AND kind = 'unit' AND type_code = '380' \gset
-- Good arguments, as SQL expressions: for all functions (function NULL), or for one.
CREATE TEMP TABLE good (function text, argument text, value text);
INSERT INTO good SELECT NULL, v.* FROM (VALUES
	('marketplace_id', '990001'), ('party_id', '@party_id'), ('bank_account_id', '@bank_account_id'), ('payment_id', '@payment_id'), ('money_receipt_id', '@money_receipt_id'), ('chargeback_id', '@chargeback_id'), ('buyer_id', '@buyer_id'), ('capture_id', '@capture_id'), ('payout_id', '@payout_id'),
	('refund_id', '@refund_id'), ('hold_id', '@hold_id'), ('instruction_id', '@instruction_id'), ('invoice_id', '@invoice_id'), ('mandate_id', '@mandate_id'), ('handling_unit_id', '@handling_unit_id'), ('evidence', '''bank'''), ('seller_order_id', '@seller_order_id'),
	('order_line_id', '@order_line_id'), ('order_id', '@order_id'), ('shipment_id', '@shipment_id'), ('return_id', '@return_id'), ('parcel_id', '@parcel_id'), ('receipt_id', '@receipt_id'), ('tracking_problem_id', '@tracking_problem_id'), ('objection_id', '@objection_id'),
	('tracking_event_id', '@tracking_event_id'), ('event_id', '@event_id'), ('after_event_id', '0'), ('decision_id', '@decision_id'),
	('consumer', '''consumer'''), ('table_name', '''risk'''), ('facts', '{"amount": 500, "country": "FR"}'), ('version', '1'),
	('object_kind', '''order'''), ('object_id', '@order_id'), ('reason', '''a reason'''), ('request_key', 'NULL'), ('quantity', '1'),
	('calendar', '''TARGET'''), ('day', '''2026-11-24'''), ('from_day', '''2026-11-24'''), ('to_day', '''2026-12-24'''), ('year', '2026'),
	('time_zone', '''Europe/Paris'''), ('start', '''2026-11-24 12:00+00'''), ('unit', '''business_days'''), ('n', '3'), ('machine', '''shipment'''),
	('format', '''mermaid'''), ('max_steps', '10'), ('max_events', '10'), ('issuer_id', '@party_id'), ('pauses', '''{}'''),
	('invoice_date', '''2026-01-15'''), ('received_on', '''2026-01-16'''), ('due_date', '''2026-01-31'''), ('until', '''2026-03-01'''), ('country', '''FR'''), ('sector', '''general'''),
	('as_of', 'now()'), ('effective_as_of', 'now()'), ('scope', '{"seller_id": @party_id}'), ('valid_from', 'NULL'), ('weights', '''{1,2}'''),
	('amount', '''12.00 EUR'''), ('total', '''12.00 EUR'''), ('already', '''0.00 EUR'''), ('currency', '''EUR'''), ('cumulated', '1'),
	('whole', '2'), ('parties', 'ARRAY[@party_id]::bigint[]'), ('accept', 'true'), ('role_name', '''pg_monitor'''), ('capacity', '''operator'''),
	('approval_id', '@approval_id'), ('content_hash', '''f9d86028c6e0d64e225186f96acb69338b2c59764df79162107f5c4bb34d1310''')) v;
INSERT INTO good VALUES
	('payment_terms_schedule', 'terms', '''[{"pct": 30, "terms": "ON RECEIPT 0"}, {"pct": 70, "terms": "45 EOM"}]'''), ('payment_terms_check', 'terms', '''"45 EOM"'''),
	('late_interest', 'payments', '''[{"paid_on": "2026-02-15", "amount": "1.00 EUR"}]'''), ('late_interest_periods', 'payments', '''[]'''),
	('approval_request', 'kind', '''test'''), ('approval_request', 'object_id', '2'), ('approval_give', 'approval_id', '@approval_id'), ('approval_refuse', 'approval_id', '@approval_id'),
	('ereporting_payments', 'seller_id', '@party_id'), ('invoice_html', 'language', '''fr'''), ('invoice_status_record', 'document', '{"invoice_id": @invoice_id, "code": "200", "received": true, "occurred_at": "2026-11-24T00:00:00Z", "reason": "NON_TRANSMISE", "note": "n",
		"action": "NOA", "amounts": [{"amount": "0.01 EUR", "vat_rate": "20", "kind": "MEN"}], "said_by": "platform", "message_id": "m1"}'),
	('invoice_price_correct', 'invoice_id', :'unit_invoice'),
	('late_interest', 'seller_id', '@party_id'), ('late_interest_periods', 'seller_id', '@party_id'),
	('invoice_price_correct', 'document', '{"reason": "agreed", "lines": [{"line": 1, "net": "0.01"}]}'),
	('mandate_sign', 'document', '{"mandator_id": @mandator_id, "form": "written", "signed_at": "2026-01-01T00:00:00Z", "valid_from": "2026-01-01T00:00:00Z",
		"valid_until": "2028-01-01T00:00:00Z", "proof_sha256": "0000000000000000000000000000000000000000000000000000000000000000",
		"document_types": ["380"], "currencies": ["EUR"], "contest_delay": {"n": 5, "unit": "business_days"}}'),
	('invoice_totals', 'document', '{"currency": "EUR", "lines": [{"quantity": "2", "net_price": "10.00", "vat_category": "S", "vat_rate": "20",
		"price_base_quantity": "1", "allowances": [{"amount": "1.00"}], "charges": [{"amount": "1.00"}], "unit_invoice": "a"}],
		"allowances": [{"amount": "1.00", "unit_invoice": "a", "vat_category": "S", "vat_rate": "20"}], "charges": [{"amount": "1.00", "unit_invoice": "a", "vat_category": "S", "vat_rate": "20"}],
		"prepaid": "1.00", "rounding": "0.01", "vat_currency": "USD", "vat_currency_rate": "1.1"}'),
	('access_grant', 'party_id', 'NULL'), ('access_revoke', 'party_id', 'NULL'), ('access_revoke', 'role_name', '''pg_read_all_data'''),
	('access_revoke', 'capacity', '''auditor'''), ('amount_in', '3', '-1'), ('currency_in', '1', '''EUR'''), ('order_line_refuse', 'order_line_id', '@open_line_id'),
	('refund_fail', 'refund_id', '@sent_refund_id'), ('instruction_acknowledge', 'instruction_id', '@sent_instruction_id'), ('instruction_confirm', 'instruction_id', '@sent_instruction_id'),
	('instruction_fail', 'instruction_id', '@sent_instruction_id'), ('instruction_lose_track', 'instruction_id', '@sent_instruction_id'), ('account_balance', 'account_id', '@account_id'),
	('gs1_check_digit', 'digits', '''400638133393'''), ('creditor_reference_make', 'body', '''539007547034'''), ('sscc_make', 'company_prefix', '''4012345'''),
	('series_format', 'pattern', '''{root}-{yyyy}-{n:6}'''), ('series_format', 'root', '''A'''), ('seal_hash', 'previous', 'NULL'),
	('payment_authorize', 'amount', '''1.00 EUR'''), ('payment_authorize', 'document', '{"method": "card", "psp_reference": "p9", "expires_at": "2027-01-01T00:00:00Z"}'),
	('payment_expect', 'amount', '''2.00 EUR'''), ('payment_expect', 'order_id', 'NULL'), ('payment_expect', 'document', '{"method": "transfer", "psp_reference": "p10",
		"expires_at": "2027-01-01T00:00:00Z", "presented": "2.00 GBP", "orders": [{"order_id": @order_id, "amount": "2.00 EUR"}]}'), ('payment_fail', 'payment_id', '@authorised_id'), ('suspense_allocate', 'buyer_id', 'NULL'), ('psp_event_record', 'document', '{"external_id": "e1", "kind": "chargeback",
		"psp_reference": "p1", "capture_reference": "c1", "chargeback_reference": "b1", "amount": "1.00 EUR", "fee": "1.00 EUR", "reason": "r", "raw": {"a": 1}}'), ('chargeback_resolve', 'outcome', '''lost'''),
	('payment_chargeback', 'document', '{"capture_id": @called_id, "amount": "1.00 EUR", "fee": "1.00 EUR", "psp_reference": "cb9", "reason": "4837"}'), ('wallet_use', 'amount', '''1.00 EUR'''),
	('payment_reference_set', 'document', '{"reference": "RF18539007547034", "order_id": @order_id, "buyer_id": @buyer_id}'), ('funds_receive', 'document', '{"external_id": "b9", "source": "bank",
		"amount": "5.00 EUR", "value_date": "2026-11-24", "payer_name": "P", "payer_iban": "DE89370400440532013000", "virtual_iban": "FR7630006000011234567890189", "reference": "RF18 5390 0754 7034"}'),
	('fx_rate_set', 'document', '{"from": "GBP", "to": "EUR", "rate": "1.15", "source": "PSP", "valid_from": "2027-01-01T00:00:00Z"}'),
	('payment_capture', 'amount', '''1.00 EUR'''), ('payment_settle', 'fee', '''1.00 EUR'''), ('payment_void', 'payment_id', '@authorised_id'),
	('commission_rule_set', 'document', '{"rate_pct": 10, "seller_id": @party_id, "category": "tools", "fixed": "0.30 EUR", "minimum": "0.10 EUR",
		"maximum": "9.00 EUR", "base": "goods_net", "vat_rate_pct": 20, "valid_from": "2027-01-01T00:00:00Z", "valid_until": "2028-01-01T00:00:00Z"}'),
	('refund_plan', 'document', '{"order_id": @sold_id, "door": "return", "reason": "r", "commission": "pro_rata", "lines": [{"order_line_id": @sold_line_id, "quantity": 1}],
		"means": [{"means": "original", "amount": "1.00 EUR"}, {"means": "wallet"}]}'),
	('refund_create', 'document', '{"order_id": @sold_id, "door": "return", "reason": "r", "lines": [{"order_line_id": @sold_line_id, "amount": "1.00 EUR", "capture_id": @sold_capture_id}],
		"means": [{"means": "original", "amount": "0.40 EUR"}, {"means": "wallet", "amount": "0.60 EUR"}]}'),
	('refund_fund', 'refund_id', '@short_refund_id'), ('refund_bounce', 'refund_id', '@paid_refund_id'), ('refund_retry', 'refund_id', '@bounced_refund_id'),
	('refund_retry', 'document', '{"means": "wallet"}'), ('debt_contest', 'debt_id', '@debt_id'), ('debt_decide', 'debt_id', '@disputed_debt_id'), ('debt_decide', 'reduction', 'NULL'),
	('debt_collect', 'debt_id', '@old_debt_id'), ('debt_repay', 'debt_id', '@debt_id'), ('debt_repay', 'amount', '''1.00 EUR'''), ('debt_write_off', 'debt_id', '@collected_debt_id'),
	('own_transfer_confirm', 'own_transfer_id', '@own_transfer_id'), ('own_transfer_fail', 'own_transfer_id', '@own_transfer_id'),
	('payout_run', 'document', '{"currency": "EUR", "sellers": [@party_id], "minimum": "10.00 EUR"}'), ('calendar_generate', 'calendar', '''FR'''),
	('calendar_generate', 'year', '2031'),
	('hold_place', 'document', '{"order_line_id": @order_line_id, "amount": "1.00 EUR", "slice": "s", "reason": "manual", "owner": "operator", "until": "2028-01-01T00:00:00Z", "note": "n"}'),
	('reserve_rule_set', 'document', '{"pct": 10, "seller_id": @party_id, "ladder": [{"days": 30, "pct": 50}, {"days": 90, "pct": 50}], "floor": "5.00 EUR",
		"valid_from": "2027-01-01T00:00:00Z", "valid_until": "2028-01-01T00:00:00Z"}'), ('reserve_explain', 'seller_id', '@party_id'),
	('marketplace_create', 'marketplace_id', '990003'),
	('marketplace_create', 'document', '{"name": "Demo", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
		"operator": {"name": "O", "country": "FR", "addresses": [{"kind": "registered", "line1": "1 rue", "city": "PARIS", "country": "FR"}]},
		"psp": {"name": "P", "country": "FR", "addresses": [{"kind": "registered", "line1": "1 rue", "city": "PARIS", "country": "FR"}]}}'),
	('marketplace_update', 'document', '{"name": "Demo", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR"}'),
	('party_create', 'document', '{"reference": "gamma", "name": "GAMMA", "trade_name": "G", "legal_form": "SAS", "share_capital": "1000.00 EUR",
		"country": "FR", "siren": "300000007", "vat_id": "FR83300000007", "legal_id": "300000007", "legal_id_scheme": "0002",
		"einvoice_address": "300000007", "einvoice_scheme": "0225", "email": "a@gamma.example", "phone": "+33 1 23 45 67 89",
		"time_zone": "Europe/Paris", "calendar": "FR", "capacities": ["seller", "buyer"], "addresses": [{"kind": "delivery",
		"recipient": "Quai 3", "line1": "1 rue", "line2": "B", "line3": "C", "postcode": "69001", "city": "LYON", "subdivision": "69",
		"country": "FR", "gln": "4006381000000"}]}'),
	('party_update', 'document', '{"name": "VENDEUR ALPHA", "country": "FR", "siren": "300000007", "capacities": ["seller"],
		"addresses": [{"kind": "registered", "line1": "2 rue Edison", "postcode": "69001", "city": "LYON", "country": "FR"}]}'),
	('bank_account_add', 'document', '{"iban": "GB82WEST12345698765432", "bic": "COBADEFFXXX", "holder": "ALPHA", "currency": "EUR"}'),
	('bank_account_verify', 'bank_account_id', '(SELECT marketplace.bank_account_add(990001, @buyer_id, ''{"iban": "DE89370400440532013000", "currency": "EUR"}''))'),
	('order_place', 'document', '{"reference": "R", "buyer": @buyer_id, "currency": "EUR", "ship_by": "2027-01-01", "deliver_from": "2027-01-02",
		"deliver_by": "2027-12-31", "incoterm": "DAP", "delivery_address": {"line1": "1 rue", "postcode": "59000", "city": "LILLE", "country": "FR"},
		"lines": [{"position": 1, "seller": @party_id, "kind": "goods", "sku": "A", "gtin": "4006381333931", "description": "D", "quantity": 2, "unit": "C62",
		"net_price": "129.90", "price_base_quantity": 1, "vat_category": "S", "vat_rate": 20, "commission_category": "tools", "ship_by": "2027-01-01",
		"deliver_by": "2027-12-31"}, {"position": 2, "seller": @party_id, "kind": "discount", "description": "D", "quantity": 1, "net_price": "1.00",
		"vat_category": "S", "vat_rate": 20, "applies_to": 1}]}'),
	('seller_order_accept', 'seller_order_id', '@open_seller_order_id'), ('seller_order_refuse', 'seller_order_id', '@open_seller_order_id'),
	('order_line_promise', 'document', '{"source": "seller", "ship_by": "2027-01-01", "deliver_from": "2027-01-01", "deliver_by": "2027-02-01"}'),
	('policy_set', 'parameter', '''lg.inspection_window'''), ('policy_get', 'parameter', '''lg.inspection_window'''),
	('policy_explain', 'parameter', '''lg.inspection_window'''), ('policy_set', 'value', '''{"n": 5, "unit": "business_days"}'''),
	('policy_table_publish', 'document', '{"name": "t", "facts": {"a": "number", "b": "text?", "c": "list", "d": "date?", "e": "boolean"}, "rules":
		[{"priority": 1, "condition": "$.a > 1 && $.e == true", "outcome": {"x": 1}, "note": "n", "source": "s"}], "cases":
		[{"facts": {"a": 5, "b": "x", "c": [1], "d": "2026-01-01", "e": true}, "outcome": {"x": 1}}], "valid_from": "2027-01-01T00:00:00Z", "reason": "r"}'),
	('ledger_post', 'posting', '{"reason": "funding", "note": "n", "transfers": [{"debit": {"kind": "o_cash"}, "credit":
		{"kind": "o_funding"}, "amount": "12.00 EUR"}]}'),
	('series_issue', 'document', '{"issuer": @party_id, "kind": "test.note", "root": "N", "pattern": "{root}-{siren}-{yyyy}-{n:6}", "identifier": "I",
		"issue_date": "2026-01-01", "content": {"a": 1}}'),
	('series_issue_many', 'document', '{"issuer": @party_id, "kind": "test.note", "root": "M", "pattern": "{root}-{yyyy}-{n:6}", "identifier": "I",
		"issue_date": "2026-01-01", "contents": [{"a": 1}, {"a": 2}]}'),
	('return_request', 'document', '{"order_id": @order_id, "reason": "changed", "resolution": "refund", "note": "n", "lines": [{"order_line_id": @order_line_id, "quantity": 0.1}]}'),
	('return_approve', 'document', '{"freight_payer": "seller", "resolution": "repair"}'), ('return_label', 'return_id', '@approved_return_id'),
	('return_label', 'document', '{"carrier": "DHL", "freight_payer": "buyer", "parcels": [{"tracking_number": "R9", "sscc": "340123450000000093", "weight_kg": 1.5}]}'),
	('return_ship', 'return_id', '@approved_return_id'), ('return_ship', 'document', '{"lines": [{"order_line_id": @order_line_id, "quantity": 0.1}]}'),
	('return_receive', 'return_id', '@approved_return_id'), ('return_receive', 'document', '{"complete": false, "lines": [{"order_line_id": @order_line_id, "quantity": 0.1}]}'),
	('return_inspect', 'return_id', '@received_return_id'), ('return_inspect', 'document', '{"lines": [{"order_line_id": @order_line_id, "quantity": 0.1, "grade": "B",
		"compliant": false, "reason": "used"}]}'),
	('return_dispose', 'return_id', '@inspected_return_id'), ('return_dispose', 'document', '{"lines": [{"position": 1, "disposition": "restock"}]}'),
	('trace', 'object', '''order_line'''), ('trace', 'object_id', '@order_line_id'), ('evidence_verify', 'sha256', '''00'''), ('evidence_verify', 'content', '{"format": "marketplace.evidence/1", "marketplace_id": 990001,
		"order_line_id": @order_line_id, "as_of": "2026-01-01T00:00:00Z", "for": "operator", "entries": []}'),
	('handling_unit_create', 'document', '{"kind": "container", "sscc": "340123450000000086", "carrier": "DHL", "tracking_number": "U1", "reference": "r", "tare_kg": 1, "gross_kg": 2.5, "keeper_id": @party_id}'),
	('handling_unit_pack', 'document', '{"action": "add", "contents": [{"parcel_id": @parcel_id}], "occurred_at": "2026-01-01T00:00:00Z", "source": "s", "source_event_id": "e", "gross_kg": 3}'),
	('carrier_create', 'document', '{"code": "UPS", "name": "UPS", "tracking_url": "https://u.example/{number}", "calendar": "FR", "cut_off": "16:30", "regime": "CMR", "claim_address": "a"}'),
	('carrier_update', 'carrier', '''DHL'''), ('carrier_update', 'document', '{"name": "DHL", "tracking_url": "https://d.example/{number}", "calendar": "FR", "cut_off": "16:30", "regime": "CMR", "claim_address": "a"}'),
	('carrier_service_add', 'document', '{"carrier": "DHL", "code": "air", "name": "Air", "mode": "air"}'), ('carrier_contract_create', 'document', '{"carrier": "DHL", "reference": "K2",
		"seller_id": @party_id, "regime": "CMR", "valid_from": "2026-01-01", "valid_until": "2028-01-01"}'), ('carrier_contract_end', 'contract_id', '@contract_id'), ('carrier_contract_end', 'valid_until', '''2028-01-01'''),
	('carrier_lane_set', 'contract_id', '@contract_id'), ('carrier_lane_set', 'document', '{"service": "std", "origin": "FR", "destination": "*", "valid_from": "2027-01-01", "offered": true,
		"lead_time": {"n": 2, "unit": "business_days"}, "by_time": "12:00", "price": "5.00", "price_per_kg": "0.10", "currency": "EUR"}'),
	('liability_cap_set', 'document', '{"contract_id": @contract_id, "valid_from": "2026-01-01", "from_kg": 10, "unit": "EUR", "per_kg": 5, "per_package": 50, "per_tonne": 100, "per_shipment": 500, "source": "s"}'),
	('sdr_rate_set', 'document', '{"currency": "EUR", "valid_from": "2026-01-02", "rate": "1.2", "source": "IMF"}'), ('carrier_liability', 'document', '{"regime": "FR-ROAD", "contract_id": @contract_id,
		"handed_over_on": "2026-01-01", "shipment_kg": 80, "packages": [{"kg": 40}], "declared_value": "10.00 EUR", "loss": "12.00 EUR"}'),
	('risk_fact_record', 'document', '{"shipment_id": @shipment_id, "fact": "ready", "occurred_at": "@now", "place": "LILLE",
		"proof": {"sha256": "0000000000000000000000000000000000000000000000000000000000000000", "uri": "u"}}'), ('carrier_rank', 'order_line_ids', 'ARRAY[@order_line_id]::bigint[]'), ('carrier_rank', 'weight_kg', '1.5'),
	('carrier_scorecard', 'bucket', '''month'''), ('carrier_scorecard', 'carrier', '''DHL'''), ('seller_scorecard', 'bucket', '''week'''), ('seller_scorecard', 'seller_id', '@party_id'),
	('carrier_claim_open', 'document', '{"shipment_id": @lost_shipment_id, "kind": "loss", "claimant": "operator", "apparent": true, "shipment_kg": 9, "note": "n", "lines": [{"parcel_id": @lost_parcel_id,
		"order_line_id": @lost_line_id, "quantity": 0.5, "kg": 1, "loss": "1.00 EUR"}]}'), ('carrier_claim_protest', 'claim_id', '@claim_id'), ('carrier_claim_protest', 'document', '{"posted_at": "@now",
		"means": "registered_letter", "text": "all of it is gone", "proof": {"sha256": "0000000000000000000000000000000000000000000000000000000000000000", "uri": "u"}}'),
	('carrier_claim_file', 'claim_id', '@claim_id'), ('carrier_claim_explain', 'claim_id', '@claim_id'), ('carrier_claim_abandon', 'claim_id', '@claim_id'), ('carrier_claim_acknowledge', 'claim_id', '@filed_claim_id'),
	('carrier_claim_acknowledge', 'document', '{"carrier_reference": "r"}'), ('carrier_claim_answer', 'claim_id', '@filed_claim_id'), ('carrier_claim_answer', 'document', '{"accepted": "1.00 EUR", "answer": "a", "carrier_reference": "r"}'),
	('carrier_claim_contest', 'claim_id', '@refused_claim_id'), ('carrier_claim_give_up', 'claim_id', '@refused_claim_id'), ('carrier_claim_pay', 'document', '{"reference": "r", "claims": [{"claim_id": @accepted_claim_id, "amount": "0.50 EUR"}]}'),
	('tracking_code_map', 'document', '{"source": "test", "code": "C", "sub_code": "S", "state": "delivered"}'),
	('shipment_create', 'document', '{"seller_order_id": @seller_order_id, "carrier": "DHL", "parcels": [{"sscc": "340123450000000000",
		"tracking_number": "T5", "weight_kg": 1.5, "contents": [{"order_line_id": @unshipped_line_id, "quantity": 1}]}]}'),
	('shipment_label', 'document', '{"parcels": [{"parcel_id": @new_parcel_id, "tracking_number": "T6", "label": {"reference": "L", "uri": "https://l.example/1",
		"sha256": "0000000000000000000000000000000000000000000000000000000000000000"}}]}'),
	('erp_snapshot_import', 'lines', '''{"kind": "order", "reference": "@order_id", "amount": "1.00 EUR", "quantity": 1, "status": "x"}'''), ('erp_snapshot_import', 'taken_at', '''2026-11-24 12:00+00'''),
	('event_consumer_filter', 'flows', '''{orders,money}'''),
	('tracking_record_batch', 'documents', '''[{"source": "test", "source_event_id": "b1", "parcel_id": @parcel_id, "state": "in_transit", "occurred_at": "2026-11-24T10:00:00Z"}]'''),
	('tracking_adapt', 'adapter', '''shippo'''), ('tracking_record_from', 'adapter', '''shippo'''),
	('tracking_adapt', 'payload', '{"data": {"carrier": "DHL", "tracking_number": "T1", "tracking_history": [{"status": "TRANSIT", "status_date": "2026-11-24T10:00:00Z", "location": {"city": "LILLE"}}]}}'),
	('tracking_record_from', 'payload', '{"data": {"carrier": "DHL", "tracking_number": "T1", "tracking_history": [{"status": "TRANSIT", "status_date": "2026-11-24T10:00:00Z", "location": {"city": "LILLE"}}]}}'),
	('tracking_adapter_set', 'document', '{"adapter": "a", "source": "s", "valid_from": "2027-01-01T00:00:00Z", "mapping": {"extends": "shippo", "accepts": "$.a", "events": ["$.b[*]"], "source": "s", "zone": "UTC",
		"fields": {"occurred_at": ["$.t"], "code": "$.c"}, "strip": {"code": ["X-"]}, "values": {"carrier": {"a": "b"}}}}'),
	('tracking_record', 'document', '{"source": "test", "source_event_id": "e2", "parcel_id": @parcel_id, "state": "delivered",
		"occurred_at": "2026-11-24T11:42:00Z", "place": "LILLE", "signed_by": "M", "raw": {"a": 1}}'),
	('receipt_confirm', 'document', '{"order_id": @order_id, "parcel_id": @parcel_id, "lines": [{"order_line_id": @order_line_id, "quantity": 1,
		"condition": "with_reserves", "reserve": {"kind": "damaged", "text": "the box was crushed and one tool is bent"},
		"photos": [{"sha256": "0000000000000000000000000000000000000000000000000000000000000000", "uri": "https://p.example/1"}]}]}'),
	('tracking_resolve', 'document', '{"reason": "a lorry of somebody else"}'),
	('receipt_objection_withdraw', 'document', '{"quantity": 0.5, "reason": "it fits after all"}'),
	('receipt_objection_resolve', 'document', '{"decision": "settled", "quantity": 0.5, "reason": "a discount was agreed"}'),
	('epcis_record', 'document', '{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "EPCISDocument",
		"schemaVersion": "2.0", "creationDate": "2026-11-24T12:00:00Z", "epcisBody": {"eventList": [{"type": "ObjectEvent", "action": "OBSERVE",
		"eventID": "urn:uuid:1", "bizStep": "arriving", "disposition": "in_transit", "epcList": ["urn:epc:id:sscc:4012345.0000000001"],
		"eventTime": "2026-11-24T11:42:00Z", "eventTimeZoneOffset": "+01:00", "readPoint": {"id": "urn:epc:id:sgln:4012345.00001.0"}}]}}');
INSERT INTO good VALUES ('invoice_xml', 'syntax', '''cii'''), ('invoice_xml', 'profile', '''en16931'''), ('invoice_xml', 'document', pg_temp.einvoice('rich')::text),
	('invoice_violations', 'profile', '''extended-ctc-fr'''), ('invoice_violations', 'document', (pg_temp.einvoice('multi') || '{"totals": {"line_total": "392.69", "vat": [{"unit_invoice":
	"MP-300000007-2026-000017", "category": "S", "rate": "20", "exemption_code": "VATEX-EU-O", "taxable": "1.00", "tax": "0.20", "cumulative": true}]}}')::text);
INSERT INTO good VALUES ('payout_file', 'batch_id', '@batch_id'), ('payout_file', 'document', '{"execution_date": "2027-01-04", "debtor_account": @client_bank_id, "refunds": [@sent_refund_id]}'),
	('payment_file_send', 'payment_file_id', '@payment_file_id'), ('statement_import', 'document', quote_literal('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId>'
		'<CreDtTm>2026-03-11T06:00:00</CreDtTm></GrpHdr><Stmt><Id>S</Id><ElctrncSeqNb>1</ElctrncSeqNb><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>'
		'<Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-10</Dt></Dt></Bal><Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry></Stmt></BkToCstmrStmt></Document>') || '::xml'),
	('payment_status_import', 'document', quote_literal('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.11"><CstmrPmtStsRpt><GrpHdr><MsgId>R</MsgId><CreDtTm>2026-03-11T06:00:00Z</CreDtTm></GrpHdr>'
		'<OrgnlGrpInfAndSts><OrgnlMsgId>M</OrgnlMsgId><GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>') || '::xml');
UPDATE good SET value = pg_temp.fill(value);

-- What is not class MK and right: the caller's own cast, or what PostgreSQL says of its own accord.
CREATE TEMP TABLE allowed (function text, state text, why text);
INSERT INTO allowed VALUES
	('^(amount|currency)_in$', '22P02', 'text input of a type says what PostgreSQL types say'),
	('^amount_typmod_in$', '22004', 'PostgreSQL never gives NULL as a type modifier');

-- Nasty values by type, as SQL expressions; what a cast refuses by itself is the type's own test and is not called.
CREATE TEMP TABLE nasty (type regtype, value text);
INSERT INTO nasty SELECT t, 'NULL' FROM unnest('{int,bigint,smallint,text,jsonb,numeric,boolean,timestamptz,date,bytea,cstring,oid}'::regtype[]) t;
INSERT INTO nasty SELECT 'int', quote_literal(v) FROM unnest('{0,-1,1,2147483647,-2147483648,990002,990009}'::text[]) v;
INSERT INTO nasty SELECT 'smallint', quote_literal(v) FROM unnest('{0,-1,32767,-32768}'::text[]) v;
INSERT INTO nasty SELECT 'bigint', quote_literal(v) FROM unnest('{0,-1,1,4294967296,9007199254740993,9223372036854775807,-9223372036854775808}'::text[]) v;
INSERT INTO nasty SELECT 'bigint', quote_literal(id) FROM ids WHERE tenant = 990002;
INSERT INTO nasty SELECT 'text', v FROM (VALUES ($$''$$), ($$' '$$), ($$repeat('x', 10000)$$), ($$repeat('é', 70)$$), ($$repeat('€', 5000)$$), ($$E'\x01\x7f\n\t\r'$$),
	($$'Ünïcödé 𝄞 ''quoted'' "double" \back %s %n $1'$$), ($$'NaN'$$), ($$'-1'$$), ($$'NULL'$$), ($$'../../etc/passwd'$$), ($$'{}'$$), ($$E'\u202e'$$)) t(v);
-- a good message with each of its texts replaced, and what is none
INSERT INTO nasty SELECT 'xml', 'NULL';
INSERT INTO nasty SELECT 'xml', quote_literal(v) || '::xml' FROM (VALUES (''), ('x'), ('<a/>'), ('<a/><b/>'), ('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>'), ('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.11"/>'),
	('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001."/>'), ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'), ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), ('<a>' || repeat('<b>', 200) || repeat('</b>', 200) || '</a>')) t(v);
INSERT INTO nasty SELECT 'xml', format('%L::xml', replace(m, old, new)) FROM (SELECT format('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M%s</MsgId><CreDtTm>2026-03-11T06:00:00</CreDtTm></GrpHdr><Stmt><Id>N%s</Id><ElctrncSeqNb>9</ElctrncSeqNb><CreDtTm>2026-03-11T06:00:00</CreDtTm><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-10</Dt></Dt></Bal><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">3.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-10</Dt></Dt></Bal><Ntry><Amt Ccy="EUR">2.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><RvslInd>true</RvslInd><Sts>BOOK</Sts><BookgDt><DtTm>2026-03-11T06:00:00+01:00</DtTm></BookgDt><AcctSvcrRef>REF</AcctSvcrRef><NtryDtls><Btch><NbOfTxs>1</NbOfTxs></Btch><TxDtls><Refs><EndToEndId>E2E</EndToEndId></Refs><Amt Ccy="EUR">2.00</Amt><RltdPties><Dbtr><Nm>D</Nm></Dbtr><DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct><CdtrAcct><Id><IBAN>IBAN2</IBAN></Id></CdtrAcct></RltdPties><RmtInf><Ustrd>text</Ustrd></RmtInf><RtrInf><Rsn><Cd>AC01</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>', n, n) AS m, *
	FROM (VALUES (1, '>2.00<', '>999999999999999999<'), (2, '>2.00<', '>0<'), (3, '>2.00<', '>0.00001<'), (4, 'EUR', 'XXX'), (5, 'EUR', 'ZZZ'), (6, '2026-03-1', '0001-01-0'), (7, '2026-03-1', '9999-12-1'), (8, '>9<', '>999999999999999999<'),
		(9, 'E2E', repeat('0', 32)), (10, 'E2E', repeat('€', 5000)), (11, '>1</NbOfTxs>', '>999999999999999</NbOfTxs>'), (12, 'AC01', repeat('x', 3000)), (13, 'text', repeat('é ', 5000)), (14, 'DE89370400440532013000', repeat('9', 3000)),
		(15, 'IBAN2', repeat('9', 3000)), (16, '>2.00<', '>0.00<'), (17, 'CRDT', 'DBIT'), (18, '>3.00<', '>90071992547409.91<'), (19, 'EUR', 'JPY'), (20, '06:00:00', '23:59:59.999999999'), (21, '>M', '>' || repeat('M', 4000)),
		(22, '>2.00<', '>90071992547409.91<')) v(n, old, new)) x;
INSERT INTO nasty SELECT 'cstring', v FROM (VALUES ($$''::cstring$$), ($$'x'::cstring$$), ($$'99999999999999999999999 EUR'::cstring$$), ($$'NaN EUR'::cstring$$)) t(v);
INSERT INTO nasty SELECT 'numeric', v FROM unnest('{0,-1,''NaN'',''Infinity'',''-Infinity'',1e-10,-1e-10,1e30,-1e30,1e1000,0.5,1e-16000,9007199254740993}'::text[]) v;
INSERT INTO nasty SELECT 'timestamptz', format('%L', v) FROM unnest('{infinity,-infinity,4714-11-24 00:00:00+00 BC,294276-12-31 23:59:59.999999+00,1970-01-01,2026-02-28 23:59:59.999999+14,0001-01-01}'::text[]) v;
INSERT INTO nasty SELECT 'date', format('%L', v) FROM unnest('{infinity,-infinity,4714-11-24 BC,5874897-12-31,0001-01-01,2024-02-29,9999-12-31}'::text[]) v;
INSERT INTO nasty SELECT 'boolean', v FROM unnest('{true,false}'::text[]) v;
INSERT INTO nasty SELECT 'oid', v FROM unnest('{0,4294967295}'::text[]) v;
INSERT INTO nasty SELECT 'bytea', v FROM (VALUES ($$'\x'$$), ($$'\x00'$$), ($$decode(repeat('ff', 32), 'hex')$$), ($$decode(repeat('ff', 33), 'hex')$$)) t(v);
INSERT INTO nasty SELECT 'bytea', $$decode(repeat('00', 10000), 'hex')$$;
INSERT INTO nasty SELECT 'marketplace.amount', v FROM unnest('{"NULL",''0.00 EUR'',''-1.00 EUR'',''90071992547409.91 EUR'',''-90071992547409.91 EUR'',''1 JPY'',''0.001 KWD''}'::text[]) v;
INSERT INTO nasty SELECT 'marketplace.currency', v FROM unnest('{"NULL",''EUR'',''JPY'',''KWD'',''HUF''}'::text[]) v;
INSERT INTO nasty SELECT 'numeric[]', v FROM (VALUES ('NULL'), ($$'{}'$$), ($$'{NULL}'$$), ($$'{1,NULL}'$$), ($$'{{1,2},{3,4}}'$$), ($$'[0:1]={1,2}'$$), ($$'{NaN}'$$),
	($$'{Infinity,1}'$$), ($$'{-1,1}'$$), ($$'{0}'$$), ($$'{1e30,1e-30}'$$), ($$'{1e130000,1}'$$), ($$array_fill(1::numeric, ARRAY[10000])$$)) t(v);
INSERT INTO nasty SELECT 'bigint[]', v FROM (VALUES ('NULL'), ($$'{}'$$), ($$'{NULL}'$$), ($$'{{1,2},{3,4}}'$$), ($$'[0:1]={1,2}'$$), ($$array_fill(1::bigint, ARRAY[10000])$$)) t(v);
INSERT INTO nasty SELECT 'cstring[]', v FROM (VALUES ('NULL'), ($$'{}'$$), ($$'{EUR}'$$), ($$'{x}'$$), ($$'{NULL}'$$), ($$'{EUR,EUR}'$$), ($$'{{EUR}}'$$)) t(v);
INSERT INTO nasty SELECT 'tstzmultirange', v FROM (VALUES ('NULL'), ($$'{}'$$), ($$'{(,)}'$$), ($$'{[infinity,)}'$$), ($$'{(,-infinity]}'$$), ($$'{[2026-11-25,)}'$$),
	($$'{[4714-11-24 BC,294276-12-31]}'$$), ($$'{[2026-11-25,2026-11-26),[2026-11-27,2026-11-28)}'$$)) t(v);
CREATE TEMP TABLE nasty_json (n int GENERATED ALWAYS AS IDENTITY, value jsonb);
INSERT INTO nasty_json (value) SELECT v FROM (VALUES ('null'::jsonb), ('true'), ('0'), ('-1'), ('1'), ('0.5'), ('1e-10'), ('1e30'), ('1e400'), ('9007199254740993'),
	('9223372036854775807'), ('-9223372036854775808'), ('""'), ('" "'), ('"NaN"'), ('"Infinity"'), ('"-1"'), ('"1e5"'), ('"\u0001\n\u007f"'), ('"2026-02-30"'),
	('"2026-+1- 1"'), ('"infinity"'), ('"9999-12-31"'), ('"294276-12-31T23:59:59Z"'), ('"4714-11-24T00:00:00Z BC"'), ('"99999999999999999999 EUR"'), ('"1.00 XXX"'),
	('[]'), ('{}'), ('[null]'), ('[[]]'), ('[{}]'), ('[1, "x"]'), ('{"": null}'), ('{"unknown": 1}')) t(v);
INSERT INTO nasty_json (value) VALUES (to_jsonb(repeat('x', 10000))), (to_jsonb(repeat('é', 45))), (to_jsonb(repeat('€', 41))), (to_jsonb('x' || repeat('𝄞', 41))),
	((repeat('[', 900) || repeat(']', 900))::jsonb), ((repeat('{"a":', 900) || '1' || repeat('}', 900))::jsonb);
INSERT INTO nasty SELECT 'jsonb', format('%L', value) FROM nasty_json;

-- One row a call: what came of it.
CREATE TEMP TABLE calls (function text, place text, given text, state text, message text, detail text, hint text);
CREATE FUNCTION pg_temp.attempt(function text, place text, given text, call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	c pg_temp.calls := ROW(function, place, left(given, 80));
BEGIN
	BEGIN
		EXECUTE call;
		SET CONSTRAINTS ALL IMMEDIATE;
		RAISE EXCEPTION USING ERRCODE = '00UND';
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS c.state = RETURNED_SQLSTATE, c.message = MESSAGE_TEXT, c.detail = PG_EXCEPTION_DETAIL, c.hint = PG_EXCEPTION_HINT;
		IF c.state = '00UND' THEN c.state := 'ok'; c.message := NULL; END IF;
	END;
	INSERT INTO pg_temp.calls VALUES (c.*);
	RETURN c.state;
END $$;

-- The functions that SQL can call (nobody can give an argument of type internal) with the SQL of a good call of each: arguments in order.
CREATE TEMP TABLE functions AS
SELECT p.oid, p.proname::text AS name, p.prokind AS kind, p.proretset AS set, p.prorettype = 'trigger'::regtype AS trigger,
	t.types, COALESCE(p.proargnames[1:p.pronargs], '{}') AS names,
	(SELECT COALESCE(array_agg(format('%s::%s', CASE WHEN g.value LIKE '{%' THEN quote_literal(g.value) ELSE g.value END, format_type(a.type, NULL)) ORDER BY a.n), '{}')
	 FROM unnest(t.types) WITH ORDINALITY a(type, n),
	 LATERAL (SELECT COALESCE((SELECT value FROM good WHERE function = p.proname AND argument = COALESCE(p.proargnames[a.n], a.n::text)),
		(SELECT value FROM good WHERE function IS NULL AND argument = p.proargnames[a.n] AND (a.type NOT IN ('marketplace.currency'::regtype) OR argument = 'currency')),
		CASE WHEN a.type IN ('int'::regtype, 'bigint'::regtype, 'oid'::regtype, 'smallint'::regtype, 'numeric'::regtype) THEN '1'
			WHEN a.type = 'boolean'::regtype THEN 'true'
			WHEN a.type = 'jsonb'::regtype THEN '{}'
			WHEN a.type = 'date'::regtype THEN '''2026-11-24'''
			WHEN a.type = 'timestamptz'::regtype THEN '''2026-11-24 12:00+00'''
			WHEN a.type = 'marketplace.amount'::regtype THEN '''12.00 EUR'''
			WHEN a.type = 'marketplace.currency'::regtype THEN '''EUR'''
			WHEN a.type = 'cstring'::regtype THEN '''1.00 EUR'''
			WHEN a.type::regtype::text LIKE '%[]' THEN '''{}'''
			WHEN (SELECT typtype FROM pg_type WHERE oid = a.type) = 'd' THEN 'NULL'
			ELSE '''x''' END) AS value) g) AS args
FROM pg_proc p, LATERAL (SELECT COALESCE(array_agg(x.type::oid ORDER BY x.n), '{}'::oid[]) AS types
	FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY x(type, n)) t
WHERE p.pronamespace = 'marketplace'::regnamespace AND NOT 'internal'::regtype = ANY (p.proargtypes::oid[]);

CREATE FUNCTION pg_temp.call(f pg_temp.functions, args text[]) RETURNS text LANGUAGE sql AS $$
SELECT CASE WHEN f.kind = 'a' THEN format('SELECT marketplace.%I(%s) FROM generate_series(1, 3)', f.name, array_to_string(args, ', '))
	WHEN f.set THEN format('SELECT count(r::text) FROM marketplace.%I(%s) r', f.name, array_to_string(args, ', '))
	ELSE format('SELECT marketplace.%I(%s)', f.name, array_to_string(
		CASE WHEN (SELECT provariadic FROM pg_proc WHERE oid = f.oid) <> 0 THEN args[:array_length(args, 1) - 1] || ('VARIADIC ' || args[array_length(args, 1)]) ELSE args END, ', '))
	END
$$;

-- Every node of a document but its root.
CREATE FUNCTION pg_temp.places(document jsonb, at text[] DEFAULT '{}') RETURNS SETOF text[] LANGUAGE plpgsql AS $$
DECLARE
	k text;
BEGIN
	FOR k IN SELECT jsonb_object_keys(document) WHERE jsonb_typeof(document) = 'object'
		UNION ALL SELECT (n - 1)::text FROM generate_series(1, CASE jsonb_typeof(document) WHEN 'array' THEN jsonb_array_length(document) END) n LOOP
		RETURN NEXT at || k;
		RETURN QUERY SELECT pg_temp.places(document #> ARRAY[k], at || k);
	END LOOP;
END $$;

-- A good call, each argument with each nasty value of its type, all arguments NULL, and every place of a document.
CREATE FUNCTION pg_temp.torment(f pg_temp.functions) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	v text;
	document jsonb;
	place text[];
	wrong jsonb;
	a text[];
	every int := (SELECT s.every FROM pg_temp.sample s);
BEGIN
	PERFORM pg_temp.attempt(f.name, 'good', NULL, pg_temp.call(f, f.args));
	PERFORM pg_temp.attempt(f.name, 'all', 'NULL', pg_temp.call(f, ARRAY(SELECT 'NULL::' || format_type(t, NULL) FROM unnest(f.types) t)));
	FOR i IN 1 .. cardinality(f.types) LOOP
		a := f.args;
		FOR v IN SELECT value FROM pg_temp.nasty n WHERE n.type = COALESCE(NULLIF((SELECT typbasetype FROM pg_type WHERE oid = f.types[i]), 0), f.types[i]) LOOP
			a[i] := format('%s::%s', v, format_type(f.types[i], NULL));
			IF (SELECT typtype FROM pg_type WHERE oid = f.types[i]) = 'd' THEN
				BEGIN
					EXECUTE 'SELECT ' || a[i];
				EXCEPTION WHEN check_violation THEN
					CONTINUE;
				END;
			END IF;
			PERFORM pg_temp.attempt(f.name, COALESCE(f.names[i], i::text), v, pg_temp.call(f, a));
		END LOOP;
		CONTINUE WHEN f.types[i] <> 'jsonb'::regtype;
		a := f.args;
		EXECUTE 'SELECT ' || f.args[i] INTO document;
		FOR place IN SELECT pg_temp.places(document) UNION ALL SELECT '{}' LOOP
			FOR wrong IN SELECT jsonb_set(document, place, j.value) FROM pg_temp.nasty_json j
					WHERE place <> '{}' AND (j.n + abs(hashtext(f.name || place::text) % every)) % every = 0
				UNION ALL SELECT document #- place WHERE place <> '{}'
				UNION ALL SELECT jsonb_set(document, place || 'unknown key'::text, '1') WHERE jsonb_typeof(document #> place) = 'object'
				UNION ALL SELECT jsonb_insert(document, place || '0'::text, document #> (place || '0'::text)) WHERE document #> (place || '0'::text) IS NOT NULL
					AND jsonb_typeof(document #> place) = 'array' LOOP
				a[i] := format('%L::jsonb', wrong);
				PERFORM pg_temp.attempt(f.name, array_to_string(f.names[i] || place, '.'), COALESCE((wrong #> place)::text, 'absent'), pg_temp.call(f, a));
			END LOOP;
		END LOOP;
	END LOOP;
END $$;

SELECT format('SELECT pg_temp.torment(f) FROM functions f WHERE oid = %s', oid) FROM functions ORDER BY name, oid
\o /dev/null
\gexec
\o

SELECT diag(format('%s functions, %s places, %s calls: %s', count(DISTINCT function), count(DISTINCT (function, place)), count(*),
	(SELECT string_agg(s.state || ' ' || s.n, ', ' ORDER BY s.state) FROM (SELECT state, count(*) AS n FROM calls GROUP BY state) s))) FROM calls;

SELECT is_empty($$SELECT function, place, given, state, message FROM calls WHERE state <> 'ok' AND state NOT LIKE 'MK%' AND state NOT IN ('40001', '40P01')
	AND NOT EXISTS (SELECT 1 FROM allowed a WHERE calls.function ~ a.function AND calls.state = a.state) ORDER BY 1, 2, 3$$,
	'every refusal is of class MK');
SELECT is_empty($$SELECT function, message, detail FROM calls WHERE place = 'good' AND state <> 'ok' AND function IN (SELECT function FROM good) ORDER BY 1$$,
	'good calls succeed, so the others are wrong in one argument only');
SELECT diag('no good call is known of: ' || string_agg(DISTINCT function, ', ')) FROM calls WHERE place = 'good' AND state <> 'ok';
SELECT is_empty($$SELECT function, place, given FROM calls JOIN functions f ON f.name = function JOIN ids i ON i.tenant = 990002 AND given = quote_literal(i.id)
	WHERE state = 'ok' AND 'marketplace_id' = ANY (f.names) AND place = i.name ORDER BY 1, 2$$,
	'no function takes an id of another marketplace');
SELECT is_empty($$SELECT function, place, state, message FROM calls WHERE state LIKE 'MK%' AND COALESCE(detail, '') = '' AND COALESCE(hint, '') = ''$$,
	'each refusal has detail or hint');
SELECT is_empty($$SELECT function, place, state FROM calls WHERE convert_from(convert_to(concat(message, detail, hint), 'UTF8'), 'UTF8') IS NULL$$,
	'messages are text of the database''s encoding');
SELECT is_empty($$SELECT f.name FROM functions f LEFT JOIN calls c ON c.function = f.name AND c.place = 'good' WHERE c.function IS NULL OR (f.trigger AND c.state <> 'MK002')$$,
	'every function was called; trigger functions say that they are');

-- A function that says it only reads writes nothing: each good call of one in a transaction of its own, which then has no number. (That refused
-- calls leave nothing is PostgreSQL's doing; what they could leave in the session would show below.)
CREATE TEMP TABLE readers (function text, call text, wrote boolean);
CREATE FUNCTION pg_temp.wrote(call text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN EXECUTE call; RETURN pg_current_xact_id_if_assigned() IS NOT NULL; END $$;
SELECT format('INSERT INTO readers SELECT %L, %L, pg_temp.wrote(%L)', f.name, pg_temp.call(f, f.args), pg_temp.call(f, f.args))
	FROM functions f JOIN pg_proc p ON p.oid = f.oid JOIN calls c ON c.function = f.name AND c.place = 'good' AND c.state = 'ok'
	WHERE p.provolatile <> 'v' ORDER BY f.name, f.oid
\o /dev/null
\gexec
\o
SELECT is_empty('SELECT function, call FROM readers WHERE wrote', 'readers write nothing');
SELECT ok(pg_temp.wrote('CREATE TEMP TABLE something ()'), 'and it would be seen');

CREATE TEMP TABLE first_calls AS SELECT * FROM calls WHERE place = 'good';
TRUNCATE calls;
SELECT format('SELECT pg_temp.attempt(f.name, ''good'', NULL, pg_temp.call(f, f.args)) FROM functions f WHERE oid = %s', oid) FROM functions ORDER BY name, oid
\o /dev/null
\gexec
\o
SELECT set_eq('SELECT function, state FROM calls', 'SELECT function, state FROM first_calls', 'after all refusals good calls go as before');
SELECT is_empty($$SELECT 'ledger', check_name, object FROM marketplace.ledger_verify(990001) UNION ALL SELECT 'events', aggregate, broken FROM marketplace.events_verify(990001)$$,
	'the books and the outbox verify');

-- Who has no rights gets nothing out of a good call.
CREATE ROLE bad_input_stranger;
GRANT USAGE ON SCHEMA marketplace TO bad_input_stranger;
SELECT nspname AS temp FROM pg_namespace WHERE oid = pg_my_temp_schema() \gset
GRANT USAGE ON SCHEMA :"temp" TO bad_input_stranger;
GRANT ALL ON functions, calls TO bad_input_stranger;
TRUNCATE calls;
SET ROLE bad_input_stranger;
SELECT format('SELECT pg_temp.attempt(%L, ''stranger'', NULL, %L)', name, pg_temp.call(f, args)) FROM functions f
	WHERE 'marketplace_id' = ANY (names) AND name NOT IN ('access_sees', 'access_operates', 'access_belongs') ORDER BY name, oid
\o /dev/null
\gexec
\o
RESET ROLE;
SELECT is_empty($$SELECT function, state, message FROM calls WHERE state <> 'MK005' ORDER BY 1$$, 'a stranger may call no function of a marketplace');
SELECT cmp_ok((SELECT count(*) FROM calls), '>=', 60::bigint, 'and there are many');
DROP OWNED BY bad_input_stranger;
DROP ROLE bad_input_stranger;

SELECT * FROM finish();
