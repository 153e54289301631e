CREATE FUNCTION marketplace.ereporting_payments(
	marketplace_id int,
	seller_id bigint,
	from_day date,
	to_day date,
	OUT day date,
	OUT invoice_id bigint,
	OUT number text,
	OUT currency text,
	OUT vat_rate numeric,
	OUT amount numeric
) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'ereporting_payments'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.ereporting_payments(int, bigint, date, date) IS
'Flux 10, receipts for services of a French seller, days of the marketplace from the first to the last included: a row a day and VAT rate for sales to consumers (invoice_id NULL), and a row a '
'document, day and rate for business abroad. Settled money of a seller order goes to its invoices in the order of their issue, not before their issue; refunds paid go to its credit notes, negative. '
'amount: of services, VAT included. The seller, operator, auditor. Rule IV-75 c. Errors: MK001, MK002 days the wrong way round, MK004, MK005.';

CREATE FUNCTION marketplace.fec_entries(
	marketplace_id int,
	party_id bigint,
	from_day date,
	to_day date,
	OUT journal_code text,
	OUT journal_lib text,
	OUT ecriture_num bigint,
	OUT ecriture_date date,
	OUT compte_num text,
	OUT compte_lib text,
	OUT comp_aux_num text,
	OUT comp_aux_lib text,
	OUT piece_ref text,
	OUT piece_date date,
	OUT ecriture_lib text,
	OUT debit numeric,
	OUT credit numeric,
	OUT ecriture_let text,
	OUT date_let date,
	OUT valid_date date,
	OUT montant_devise numeric,
	OUT idevise text
) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fec_entries'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.fec_entries(int, bigint, date, date) IS
'Accounting entries of the documents that a party issued (sales) or was charged commission by (purchases), from the first day to the last included, in the 18 columns of the French audit file. '
'Entries are numbered in the order of issue over all of the party''s documents, so that files follow one another without a gap; debit equals credit in each. Accounts: policy iv.fec_accounts, of the seller or '
'the marketplace. Documents in another currency are converted at the rate frozen on them. The party itself, operator, auditor. Rule IV-76; LPF A47 A-1. '
'Errors: MK001, MK002 days the wrong way round, MK003 policy, MK004, MK005, MK117 a document without rate.';

CREATE FUNCTION marketplace.fec_file(
	marketplace_id int,
	party_id bigint,
	from_day date,
	to_day date,
	OUT file_name text,
	OUT content text
) RETURNS record
AS 'MODULE_PATHNAME', 'fec_file'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.fec_file(int, bigint, date, date) IS
'fec_entries() as the file that the tax office takes: fields with tabs, lines with CR LF, dates YYYYMMDD, decimal commas; characters that would break a line become spaces. file_name: SIREN, FEC, '
'the last day. The party itself, operator, auditor. Rule IV-76; LPF A47 A-1. Errors: as fec_entries(), MK131 the party has no SIREN.';
