/*
 * statement_return.c
 *		A payout or a refund that came back: it was executed, so it is paid first if that was not known, then returned (FD-88, FD-P13,
 *		FD-P16, RD-77). By EndToEndId; reasons that make the bank account unusable block it (RD-81).
 */
#include "postgres.h"

#include "funds/bank.h"

BankOutcome
bank_line_return(Call *call, const BankLine *line, const InstructionFound *found)
{
	return (BankOutcome) {.outcome = "break", .object = found->object, .object_id = found->object_id,
		.break_id = bank_line_break(call, line, "return_break", NULL, "came back")};
}
