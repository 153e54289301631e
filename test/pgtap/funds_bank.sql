-- Bank files by vector: S1, S3, S4, S5 (camt), S7, S9 (pain.001 against its schema), the toolkit's files, the order of statuses (RD-72), and hostile XML.
SET search_path = marketplace, public;
SET client_min_messages = warning;
SELECT plan(65);
SELECT 72000 + (random() * 1000000)::int AS m \gset
\ir ../fixtures/demo_parties.sql
\ir ../fixtures/bank.sql
-- what an import is refused with
CREATE FUNCTION pg_temp.refused(m int, content text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM statement_import(m, content::xml);
	RETURN 'taken';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
-- a marketplace of its own per file of others: their statements share ids
CREATE FUNCTION pg_temp.other(m int) RETURNS int LANGUAGE sql AS $$
	SELECT marketplace_create(m, '{"name": "F", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR", "operator": {"name": "O", "country": "FR"}}')::int $$;

\set samples ''
\getenv samples MARKETPLACE_SAMPLES
SELECT :'samples' <> '' AS have_samples \gset
\if :have_samples
\set file `cat "$MARKETPLACE_SAMPLES/bank/camt053.v2.finland.xml"`
SELECT pg_temp.other(:m + 1) AS f \gset
SELECT statement_import(:f, :'file'::xml) AS import \gset
SELECT results_eq(format('SELECT entries, booked, opening, closing, balanced FROM bank_statement_overview WHERE marketplace_id = %s', :f),
	$$VALUES (10, 13644.83, 10000.00, 23644.83, true)$$, 'v:S1 10 entries, net 13 644.83, opening 10 000.00, closing 23 644.83, balanced');
SELECT is((SELECT array_agg(amount_value(amount) ORDER BY position) FROM bank_entries WHERE marketplace_id = :f AND exploded), '{4230.05,200.00}'::numeric[],
	'v:S1 explodes only 4 230.05 and 200.00');
SELECT is((SELECT count(*) || ' ' || sum(amount) FROM bank_entry_overview WHERE marketplace_id = :f), '13 13644.83', 'v:S1 its lines add up to it');
SELECT is((SELECT count(*) FROM reconciliation_breaks WHERE marketplace_id = :f), 0::bigint, 'v:S1 no break');
SELECT is(statement_import(:f, :'file'::xml), :import::bigint, 'v:S1 imported again: the same message');
SELECT is(statement_import(:f, replace(:'file', E'\t', '  ')::xml), :import::bigint, 'its statements in other bytes: the same message');
SELECT is(pg_temp.refused(:f, replace(:'file', '10000.00</Amt>', '10001.00</Amt>')),
	'MK113 statement "BANKSTMTID0972009" of account FI7433010001222090 was imported with another content', 'its id with another content is refused');
SELECT is((SELECT count(*) FROM bank_messages WHERE marketplace_id = :f), 1::bigint, 'and nothing is kept of it');

\set file `cat "$MARKETPLACE_SAMPLES/bank/camt053.v8.xml"`
SELECT pg_temp.other(:m + 2) AS f \gset
SELECT ok(statement_import(:f, :'file'::xml) > 0, 'v:S3 the file is accepted');
SELECT results_eq(format('SELECT class, difference, currency FROM reconciliation_breaks WHERE marketplace_id = %s', :f),
	$$VALUES ('balance_break', 54.00, 'EUR')$$, 'v:S3 balance_break 54.00');
\set file `cat "$MARKETPLACE_SAMPLES/bank/camt053.v4.xml"`
SELECT ok(statement_import(pg_temp.other(:m + 3), :'file'::xml) > 0, 'version 4');
\set file `cat "$MARKETPLACE_SAMPLES/bank/camt053.v2.minimal.xml"`
SELECT ok(statement_import(pg_temp.other(:m + 4), :'file'::xml) > 0, 'version 2, minimal');
\set file `cat "$MARKETPLACE_SAMPLES/bank/camt053.v2.all-balance-types.xml"`
SELECT ok(statement_import(pg_temp.other(:m + 5), :'file'::xml) > 0, 'version 2, every type of balance');
SELECT is((SELECT string_agg(code, ' ' ORDER BY position) FROM bank_statement_balances WHERE marketplace_id = :m + 5), 'OPBD PRCD OPAV CLBD CLAV FWAV INFO ITAV ITBD XPCD', 'all of them are kept');
SELECT is((SELECT string_agg(class || ' ' || difference, ', ' ORDER BY class) FROM reconciliation_breaks WHERE marketplace_id = :m + 5), 'balance_break 5.82, entry_break 0.00',
	'RD-82: 8.850 EUR is kept as written and told of; it does not add up');
\set file `cat "$MARKETPLACE_SAMPLES/bank/camt054.v8.xml"`
SELECT ok(statement_import(pg_temp.other(:m + 6), :'file'::xml) > 0, 'a notification in another currency than its transactions');
SELECT is((SELECT string_agg(outcome || ' ' || amount || ' ' || exploded, ', ') FROM bank_entry_overview WHERE marketplace_id = :m + 6), 'not_ours -200000.00 false', 'one line; nothing follows: the account is not ours');
\set file `cat "$MARKETPLACE_SAMPLES/bank/camt053.v2.wrong.xml"`
SELECT is(pg_temp.refused(:m, :'file'), 'MK113 the bank file is no valid message', 'a broken file is refused whole');
\set file `cat "$MARKETPLACE_SAMPLES/bank/pain.001.001.09.xml"`
SELECT is(pg_temp.refused(:m, :'file'), 'MK113 the file is no camt.053 or camt.054 that can be read', 'another message is refused');
\set file `cat "$MARKETPLACE_SAMPLES/bank/camt054.v8.returns.xml"`
SELECT ok(statement_import(pg_temp.other(:m + 7), :'file'::xml) > 0, 'v:S5 the file of returns');
SELECT results_eq(format('SELECT amount, end_to_end_id, return_reason FROM bank_entry_overview WHERE marketplace_id = %s AND returned', :m + 7),
	$$VALUES (400.00, 'EndToEndId-004-01-01', 'AC01')$$, 'v:S5 400.00, EndToEndId-004-01-01, AC01, a credit');
\else
SELECT skip('no samples', 21);
\endif

-- v:S5 for a payout of ours
SELECT party_create(:m, '{"name": "GAMMA AG", "country": "CH", "capacities": ["seller"]}') AS gamma \gset
SELECT bank_account_verify(:m, bank_account_add(:m, :psp, '{"iban": "CH2909000000250094239", "currency": "CHF"}')) AS francs,
	bank_account_verify(:m, bank_account_add(:m, :gamma, '{"iban": "CH8709000000929471495", "currency": "CHF"}')) AS gamma_francs \gset
SELECT pg_temp.owe(:m, :buyer, :gamma, '400.00', currency := 'CHF') AS o5 \gset
SELECT payout_run(:m) AS run5 \gset
SELECT payout_id AS p5 FROM payout_overview WHERE marketplace_id = :m AND batch_id = :run5 \gset
SELECT payout_send(:m, :p5) AS sent \gset
SELECT is(pg_temp.refused(:m, replace(pg_temp.statement('S5', 1, pg_temp.entry('CRDT', '400.00', pg_temp.e2e(:m, 'payout', :p5), '<RtrInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>Kontonummer falsch</AddtlInf></RtrInf>',
	currency := 'CHF'), account := 'CH2909000000250094239', kind := 'camt.054', currency := 'CHF')::text, 'x', 'x')), 'taken', 'v:S5 the return of a payout of ours, by its EndToEndId');
SELECT is((SELECT state FROM payout_overview WHERE marketplace_id = :m AND payout_id = :p5), 'returned', 'v:S5 paid, since it came back, and returned');
SELECT is((SELECT available FROM seller_balance WHERE marketplace_id = :m AND seller_id = :gamma AND currency = 'CHF'), 400.00, 'v:S5 the wallet is re-credited');
SELECT is((SELECT state::text FROM bank_accounts WHERE marketplace_id = :m AND id = :gamma_francs), 'blocked', 'v:S5 the IBAN is deactivated');
SELECT is((SELECT outcome || ' ' || return_reason FROM bank_entry_overview WHERE marketplace_id = :m AND returned), 'returned AC01', 'v:S5 the line says so');
-- v:S4
SELECT is(statement_import(:m, pg_temp.statement('S4', 1, '<Ntry><Amt Ccy="EUR">429.56</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls>
	<TxDtls><Amt Ccy="EUR">329.56</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls><TxDtls><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls></NtryDtls></Ntry>', account => 'DE02120300000000202051')) > 0, true,
	'v:S4 an entry of 429.56 with two transactions');
SELECT is((SELECT array_agg(l.amount ORDER BY l.detail_id) FROM bank_entry_overview l JOIN bank_statements s ON s.marketplace_id = l.marketplace_id AND s.id = l.bank_statement_id WHERE l.marketplace_id = :m AND s.statement_id = 'S4'),
	'{329.56,100.00}'::numeric[], 'v:S4 lines 329.56 and 100.00');
SELECT ok(statement_import(:m, pg_temp.statement('S4b', 2, '<Ntry><Amt Ccy="EUR">429.56</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls>
	<TxDtls><Amt Ccy="EUR">429.56</Amt></TxDtls><TxDtls><Amt Ccy="EUR">429.56</Amt></TxDtls></NtryDtls></Ntry>', account => 'DE02120300000000202051')) > 0, 'v:S4 its transactions repeat the entry');
SELECT is((SELECT array_agg(l.amount) FROM bank_entry_overview l JOIN bank_statements s ON s.marketplace_id = l.marketplace_id AND s.id = l.bank_statement_id WHERE l.marketplace_id = :m AND s.statement_id = 'S4b'),
	'{429.56}'::numeric[], 'v:S4 one line, never twice 429.56');
SELECT is((SELECT string_agg(class || ' ' || difference, ', ') FROM reconciliation_breaks WHERE marketplace_id = :m), 'batch_break -429.56', 'and a break');

-- payment files
SET marketplace.clock = '2026-07-10 08:00+00';
SELECT pg_temp.owe(:m, :buyer, :alpha, '100.00') AS o1, pg_temp.owe(:m, :buyer, :beta, '250.50') AS o2 \gset
SELECT payout_run(:m) AS run \gset
SELECT max(payout_id) FILTER (WHERE seller_id = :alpha) AS p1, max(payout_id) FILTER (WHERE seller_id = :beta) AS p2 FROM payout_overview WHERE marketplace_id = :m AND batch_id = :run \gset
SELECT payout_file(:m, :run, '{"execution_date": "2026-07-14"}')::text AS pain \gset
SELECT is((xpath('//*[local-name()="ReqdExctnDt"]/*/text()', :'pain'::xml))[1]::text, '2026-07-14', 'v:S9 requested 2026-07-14 settles that day: TARGET is open');
SELECT is(business_day_next('TARGET', '2026-07-14') || ' ' || business_day_next('FR', '2026-07-14'), '2026-07-14 2026-07-15', 'v:S9 TARGET is open, France closed');
SELECT is((xpath('//*[local-name()="GrpHdr"]/*[local-name()="CtrlSum"]/text()', :'pain'::xml))[1]::text || ' ' || (xpath('count(//*[local-name()="CdtTrfTxInf"])', :'pain'::xml))[1]::text, '350.50 2', 'RD-67 sum and number');
SELECT is((xpath('//*[local-name()="EndToEndId"]/text()', :'pain'::xml))::text[], ARRAY[pg_temp.e2e(:m, 'payout', :p1), pg_temp.e2e(:m, 'payout', :p2)], 'RD-68 the EndToEndId is the idempotency key');
SELECT is(payout_file(:m, :run, '{"execution_date": "2026-07-14"}')::text, :'pain', 'the same bytes again');
SELECT is((SELECT (sha256 = sha256(convert_to(content, 'UTF8')))::text FROM payment_files WHERE marketplace_id = :m), 'true', 'kept with its hash');
SELECT is((xpath('//*[local-name()="ReqdExctnDt"]/*/text()', payout_file(:m, :run, '{"execution_date": "2026-07-18"}')))[1]::text, '2026-07-20', 'RD-70 a Saturday moves to Monday');
\set xmllint `command -v xmllint || true`
SELECT :'xmllint' <> '' AND :'samples' <> '' AS can_validate \gset
\if :can_validate
\set out `mktemp`
SELECT payout_file(:m, :run, '{"execution_date": "2026-07-18"}') \g :out
\setenv PAIN_FILE :out
\set verdict `xmllint --noout --nonet --schema "$MARKETPLACE_SAMPLES/xsd/pain.001.001.09.xsd" "$PAIN_FILE" 2>&1 | sed 's|.*/tmp[^ ]* ||'; rm -f "$PAIN_FILE"`
SELECT is(:'verdict'::text, 'validates', 'the file is valid against pain.001.001.09.xsd');
\else
SELECT skip('no xmllint or no samples', 1);
\endif
SET marketplace.clock = '2026-11-24 08:00+00';
SELECT policy_set(:m, 'fd.file_address', '"unstructured"') AS policy \gset
SELECT throws_like(format('SELECT payout_file(%s, %s)', :m, :run), 'no payment file of run %: 2 faults', 'v:S7 refused as a whole');
CREATE FUNCTION pg_temp.detail(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found text;
BEGIN
	EXECUTE statement;
	RETURN 'NOT REFUSED';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS found = PG_EXCEPTION_DETAIL;
	RETURN found;
END $$;
SELECT matches(pg_temp.detail(format('SELECT payout_file(%s, %s)', :m, :run)), 'unstructured address not allowed since 2026-11-15', 'v:S7 unstructured address not allowed since 2026-11-15');
SELECT policy_set(:m, 'fd.file_address', '"structured"') AS policy \gset
SELECT is((xpath('//*[local-name()="Cdtr"][1]/*[local-name()="PstlAdr"]/*/text()', payout_file(:m, :run)))[1:4]::text[], '{"2 rue Edison",69001,LYON,FR}'::text[], 'RD-71 structured');
RESET marketplace.clock;

-- refunds of payments by transfer go in a file too
SELECT order_place(:m, jsonb_build_object('reference', 'REFUND', 'buyer', :buyer, 'currency', 'EUR', 'lines', jsonb_build_array(
	jsonb_build_object('seller', :alpha, 'quantity', 3, 'net_price', '25.00', 'description', 'D', 'vat_category', 'Z', 'vat_rate', 0)))) AS o3 \gset
SELECT payment_capture(:m, payment_authorize(:m, :o3, '75.00 EUR', '{"method": "transfer"}')) AS c3 \gset
SELECT order_line_refuse(:m, (SELECT id FROM order_lines WHERE marketplace_id = :m AND order_id = :o3), 2, 'out of stock') AS refused \gset
SELECT refund_id AS r3 FROM refund_overview WHERE marketplace_id = :m AND order_id = :o3 \gset
SELECT matches(pg_temp.detail(format('SELECT payout_file(%s, NULL, ''{"refunds": [%s]}'')', :m, :r3)), 'party [0-9]+ has no verified bank account', 'a refund needs the buyer''s verified bank account');
SELECT bank_account_verify(:m, bank_account_add(:m, :buyer, '{"iban": "DE02120300000000202051", "currency": "EUR"}')) AS verified \gset
SELECT is((xpath('//*[local-name()="CdtTrfTxInf"]/*[local-name()="Amt" or local-name()="PmtId"]/*/text()', payout_file(:m, NULL, jsonb_build_object('refunds', ARRAY[:r3, :r3]))))::text[],
	ARRAY[pg_temp.e2e(:m, 'refund', :r3), '50.00'], 'a refund in a file, once');
SELECT payment_file_send(:m, max(payment_file_id)) AS sent FROM payment_file_overview WHERE marketplace_id = :m \gset
SELECT ok(statement_import(:m, pg_temp.statement('REFUND', 1, pg_temp.entry('DBIT', '50.00', pg_temp.e2e(:m, 'refund', :r3)))) > 0, 'the bank books it');
SELECT is((SELECT state FROM refund_overview WHERE marketplace_id = :m AND refund_id = :r3), 'paid', 'the refund is paid');
SELECT ok(statement_import(:m, pg_temp.statement('REFUND2', 2, pg_temp.entry('CRDT', '50.00', pg_temp.e2e(:m, 'refund', :r3), '<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>'))) > 0, 'and sends it back');
SELECT is((SELECT state FROM refund_overview WHERE marketplace_id = :m AND refund_id = :r3), 'bounced', 'the refund bounced: the money is the buyer''s');
SELECT is((SELECT state::text FROM bank_accounts WHERE marketplace_id = :m AND id = :verified), 'blocked', 'FD-P16 AC04: its bank account is blocked');

-- RD-72: statuses move forward only
SELECT max(payment_file_id) AS pf FROM payment_file_overview WHERE marketplace_id = :m AND batch_id = :run \gset
SELECT message_id AS msg FROM payment_file_overview WHERE marketplace_id = :m AND payment_file_id = :pf \gset
SELECT is(payment_file_send(:m, :pf), :pf::bigint, 'the file is handed to the bank');
SELECT is((SELECT string_agg(state, ' ') FROM payout_overview WHERE marketplace_id = :m AND batch_id = :run), 'sent sent', 'its payouts are sent');
CREATE FUNCTION pg_temp.states(m int, run bigint) RETURNS text LANGUAGE sql AS $$ SELECT string_agg(state, ' ' ORDER BY payout_id) FROM payout_overview WHERE marketplace_id = m AND batch_id = run $$;
SELECT pg_temp.e2e(:m, 'payout', :p1) AS e1, pg_temp.e2e(:m, 'payout', :p2) AS e2 \gset
SELECT payment_status_import(:m, pg_temp.status_report('R1', :'msg', 'PART', :'e1' || '=ACSP', :'e2' || '=PDNG')) AS r1 \gset
SELECT is(pg_temp.states(:m, :run), 'accepted sent', 'ACSP accepts, PDNG does not move');
SELECT payment_status_import(:m, pg_temp.status_report('R2', :'msg', NULL, :'e1' || '=ACTC', :'e2' || '=RJCT/AC04')) AS r2 \gset
SELECT is(pg_temp.states(:m, :run), 'accepted rejected', 'ACTC after ACSP steps nowhere; RJCT rejects');
SELECT payment_status_import(:m, pg_temp.status_report('R3', :'msg', NULL, :'e1' || '=ACSC')) AS r3 \gset
SELECT payment_status_import(:m, pg_temp.status_report('R4', :'msg', NULL, :'e1' || '=RJCT/AC01', :'e2' || '=ACSC', 'nobody=ACSC')) AS r4 \gset
SELECT is(pg_temp.states(:m, :run), 'paid rejected', 'RJCT after ACSC, and ACSC after RJCT, are breaks');
SELECT is((SELECT string_agg(outcome, ' ' ORDER BY payment_status_id) FROM payment_status_overview WHERE marketplace_id = :m), 'applied recorded recorded late applied applied break break unknown', 'each status and what it did');
SELECT is((SELECT count(*) FROM reconciliation_breaks WHERE marketplace_id = :m AND class = 'status_break'), 2::bigint, 'FD-85 typed breaks');

-- hostile XML
\set head '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
SELECT is(pg_temp.refused(:m, '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' || :'head' || '&b;</Document>'), 'MK113 the bank file has a document type declaration', 'entities');
SELECT is(pg_temp.refused(:m, '<!DOCTYPE d SYSTEM "file:///etc/passwd">' || :'head' || '</Document>'), 'MK113 the bank file has a document type declaration', 'an external subset');
SELECT is(pg_temp.refused(:m, :'head' || repeat('<a>', 100) || repeat('</a>', 100) || '</Document>'), 'MK113 the bank file is nested too deeply', 'deep nesting');
SELECT is(pg_temp.refused(:m, '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.12"/>'), 'MK113 the file is no camt.053 or camt.054 that can be read', 'a version that is not known');
SELECT is(pg_temp.refused(:m, '<Document xmlns="urn:other"><BkToCstmrStmt/></Document>'), 'MK113 the file is no camt.053 or camt.054 that can be read', 'a wrong namespace');
SELECT is(pg_temp.refused(:m, :'head' || '<!--' || repeat('x', 10000000) || '--></Document>'), 'MK113 the bank file is no valid message', 'ten megabytes of comment');
SELECT is(pg_temp.refused(:m, :'head' || repeat('<x/>y', 200000) || '</Document>'), 'MK113 the bank file is no valid message', 'hundreds of thousands of elements');
SELECT is(pg_temp.refused(:m, '<?xml version="1.0" encoding="UTF-16"?>' || :'head' || '</Document>'), 'MK113 the bank file is no valid message', 'a declaration of another encoding is not believed');
SELECT is((SELECT count(*) FROM ledger_verify(:m)), 0::bigint, 'the books hold');
SELECT * FROM finish();
