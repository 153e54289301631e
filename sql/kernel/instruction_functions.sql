CREATE FUNCTION marketplace.instruction_send(
	marketplace_id int, instruction_id bigint, evidence text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.instruction_send(int, bigint, text, text) IS
'Records that an instruction has been handed to the other side (planned → sent). What follows (state of the
payout or refund, posting) happens in the same commit. Operators only. Returns the instruction''s number.
Errors: MK004, MK005, MK030, MK081. FD-80, FD-81.';

CREATE FUNCTION marketplace.instruction_acknowledge(
	marketplace_id int, instruction_id bigint, evidence text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.instruction_acknowledge(int, bigint, text, text) IS
'Records that an instruction is known to the other side (sent → acknowledged). What follows (state of the
payout or refund, posting) happens in the same commit. Operators only. Returns the instruction''s number.
Errors: MK004, MK005, MK030, MK081. FD-80, FD-81.';

CREATE FUNCTION marketplace.instruction_confirm(
	marketplace_id int, instruction_id bigint, evidence text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.instruction_confirm(int, bigint, text, text) IS
'Records that an instruction was carried out; evidence is required when the state is unknown. What follows (state of the
payout or refund, posting) happens in the same commit. Operators only. Returns the instruction''s number.
Errors: MK004, MK005, MK030, MK081. FD-80, FD-81.';

CREATE FUNCTION marketplace.instruction_fail(
	marketplace_id int, instruction_id bigint, evidence text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.instruction_fail(int, bigint, text, text) IS
'Records that an instruction was refused and certainly not carried out; evidence is required when the state is unknown. What follows (state of the
payout or refund, posting) happens in the same commit. Operators only. Returns the instruction''s number.
Errors: MK004, MK005, MK030, MK081. FD-80, FD-81.';

CREATE FUNCTION marketplace.instruction_lose_track(
	marketplace_id int, instruction_id bigint, evidence text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.instruction_lose_track(int, bigint, text, text) IS
'Records that an instruction has no known outcome: nothing like it is sent until evidence resolves it. What follows (state of the
payout or refund, posting) happens in the same commit. Operators only. Returns the instruction''s number.
Errors: MK004, MK005, MK030, MK081. FD-80, FD-81.';

CREATE FUNCTION marketplace.instruction_cancel(
	marketplace_id int, instruction_id bigint, evidence text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.instruction_cancel(int, bigint, text, text) IS
'Records that an instruction is withdrawn before it was sent. What follows (state of the
payout or refund, posting) happens in the same commit. Operators only. Returns the instruction''s number.
Errors: MK004, MK005, MK030, MK081. FD-80, FD-81.';
