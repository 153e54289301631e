/*
 * instruction.h
 *		What we ask of the outside (the PSP, a bank, a carrier, an insurer), written in the commit of the decision (FD-80…FD-82).
 *
 * planned → sent → acknowledged → confirmed, or failed, or unknown; the idempotency key is minted once and kept for ever; an
 * unknown outcome blocks a second sending until evidence resolves it.
 */
#ifndef MARKETPLACE_INSTRUCTION_H
#define MARKETPLACE_INSTRUCTION_H

#include "kernel/event.h"

/*
 * Plans one; object is what it is for ('payout', its id), party_id whom we ask (0 unknown). Takes the payload. Returns its id.
 * Each later change emits instruction.<event> on the object's aggregate with {instruction_id, kind, object_id, state, evidence}, to which
 * the area reacts.
 */
extern int64 instruction_plan(Call *call, const char *kind, const char *object, int64 object_id, int64 party_id,
							  JsonbParseState **payload);

/* Locks the instruction of an object; MK004 when it has none. Before anything of what it is for, the order included: its outcome may come by either. */
extern void instruction_lock(Call *call, const char *kind, const char *object, int64 object_id);

/* Moves the instruction of an object on, for areas that learn its outcome themselves. event: 'send', 'acknowledge', 'confirm', 'fail', 'lose_track'. */
extern void instruction_move(Call *call, const char *kind, const char *object, int64 object_id, const char *event, const char *evidence);

/* What others may know of an instruction that its key names: by the PSP's or the bank's answer. */
typedef struct InstructionFound
{
	int64		id;
	const char *kind;
	const char *object;
	int64		object_id;
	const char *state;
	bool		has_amount;
	Amount		amount;			/* of its payload */
} InstructionFound;

/* key: the idempotency key, with or without hyphens, whatever was read from outside. False when none of ours has it. */
extern bool instruction_find(Call *call, const char *key, InstructionFound *found);

/* Locks the instructions of those keys in ascending id, for imports that move many: before anything of what they are for. */
extern void instruction_lock_keys(Call *call, const char *const *keys, int n);

#endif
