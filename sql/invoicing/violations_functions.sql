CREATE FUNCTION marketplace.invoice_violations(
	document jsonb,
	profile text,
	OUT rule text,
	OUT severity text,
	OUT place text,
	OUT message text
) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'invoice_violations'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.invoice_violations(jsonb, text) IS
'What is wrong with a document; no rows: nothing. Takes what invoice_document() returns, or any document in that form. profile: a row of invoice_profiles; extended-ctc-fr adds the '
'French rules and mandatory mentions to those of EN 16931. severity: fatal or warning; place: path in the document. The rules are rows of the view invoice_rules: EN 16931 '
'BR-*, BR-CO-*, BR-DEC-*, BR-CL-* and those of each VAT category, French BR-FR-*, several sellers BR-FR-MV-*, mentions by date of issue, and our own IV-*. Sums are judged exactly. '
'Rules IV-79 to IV-82. Errors: MK001, MK002 unknown profile, MK003 (names the path), MK010.';
