CREATE FUNCTION marketplace.debt_contest(marketplace_id int, debt_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.debt_contest(int, bigint, text, text) IS
'A seller contests a debt: until it is decided on, no release is set off against it (FD-71); the buyer''s refund is not touched. The seller or operators. Returns the debt''s number.
Errors: MK001, MK004, MK005, MK115.';

CREATE FUNCTION marketplace.debt_decide(
	marketplace_id int, debt_id bigint, reduction marketplace.amount, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.debt_decide(int, bigint, marketplace.amount, text, text) IS
'Decides on a contested debt: reduction NULL or zero, it stands; else it is that much less, which is the platform''s loss and needs the approval "debt_reduce" of a second person for the content
{"debt_id": …, "amount": "<reduction>"} (FD-54). Operators only. Returns the debt''s number. Errors: MK001, MK004, MK005, MK012, MK090, MK115.';

CREATE FUNCTION marketplace.debt_collect(marketplace_id int, debt_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.debt_collect(int, bigint, text, text) IS
'Records the formal notice of a debt that has been due for fd.debt_collection_days: it is in collection, and may be written off. Releases still repay it. Operators only. Returns the debt''s number.
Errors: MK001, MK004, MK005, MK115.';

CREATE FUNCTION marketplace.debt_repay(
	marketplace_id int, debt_id bigint, amount marketplace.amount, evidence text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.debt_repay(int, bigint, marketplace.amount, text, text) IS
'Records that a seller paid the platform for a debt, in part or whole; interest first (FD-P22; C. civ. 1343-1). Operators only. Returns the debt''s number. Errors: MK001, MK002, MK004, MK005, MK012, MK115.';

CREATE FUNCTION marketplace.debt_write_off(marketplace_id int, debt_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.debt_write_off(int, bigint, text, text) IS
'Writes what is open of a debt in collection off: the platform''s loss (FD-P22). Needs the approval "debt_write_off" of a second person for the content {"debt_id": …, "amount": "<what is open>"} (FD-54).
Operators only. Returns the debt''s number. Errors: MK001, MK004, MK005, MK090, MK115.';
