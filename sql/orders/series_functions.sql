CREATE FUNCTION marketplace.series_issue(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS text
AS 'MODULE_PATHNAME', 'series_issue'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.series_issue(int, jsonb, text) IS
'Gives a document of your own the next number of its issuer''s gapless series, records it and seals it into the series'' hash chain; returns the number. Document: {"issuer": party id, "kind": with a prefix of yours (''acme.delivery_note''), "root": what {root} prints, "pattern"?: (''{root}-{yyyy}-{n:6}''; kept for the year), "identifier"?: what {siren} prints (the issuer''s SIREN), "issue_date"?: not in the future, and never before the last one of the series (today), "content": any JSON}. One series per issuer, kind, root and year; its counter is locked last, so issuers never wait for one another, and a rollback takes the number back with the document. For the issuer, as a seller, and operators. Emits series.issued. See the view series_register, series_check(), series_verify(). Rules IV-14 to IV-21. Errors: MK001, MK003, MK004, MK005, MK020, MK060.';

CREATE FUNCTION marketplace.series_issue_many(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS text[]
AS 'MODULE_PATHNAME', 'series_issue_many'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.series_issue_many(int, jsonb, text) IS
'As series_issue(), for up to 10 000 documents of one series at once: "contents" is an array in place of "content". Returns their numbers in the same order. Errors: MK001, MK003, MK004, MK005, MK020, MK060.';

CREATE FUNCTION marketplace.series_verify(
	marketplace_id int,
	issuer_id bigint DEFAULT NULL,
	OUT number text,
	OUT check_name text,
	OUT expected text,
	OUT found text
) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'series_verify'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.series_verify(int, bigint) IS
'Compares the documents that series_issue() has numbered with the hash chains of their series, for an issuer or for all (operator, auditor); no rows: all is well. check_name: content (its hash is not the one that was sealed), missing (a number was given and its document is gone), position (it is not the document that the series has there). The numbers themselves are proved by series_check(), invoices by invoice_verify(). Rule IV-21. Errors: MK001, MK005.';
