/*
 * approval.h
 *		Four eyes: what one person wants to do, a second person approves first, and exactly that (FD-54).
 *
 * An area that needs it builds the frozen content as a document and requires its approval before it acts:
 *
 *		approval_require(call, "debt_write_off", debt_id, approval_hash(content), amount);
 *
 * The content is asked for with approval_request() (SQL) or approval_ask() (C) and approved with approval_give(). Persons are what
 * call_actor() says. An approval is for one use.
 */
#ifndef MARKETPLACE_APPROVAL_H
#define MARKETPLACE_APPROVAL_H

#include "kernel/event.h"

#define APPROVAL_NO_AMOUNT ((Amount) 0)

/* Names the content: SHA-256 of its canonical text, in hex. */
extern char *approval_hash(Jsonb *content);

/*
 * Asks for the approval of an object's content, in the name of the acting person; replaces an open request for other content. Returns
 * its id. Emits approval.requested; the answers emit approval.given and approval.refused {approval_id, kind, object_id, content_hash}
 * on aggregate 'approval'.
 */
extern int64 approval_ask(Call *call, const char *kind, int64 object_id, Jsonb *content, Amount amount, const char *reason);

/* Uses the approval up; MK090 unless a second person gave it for exactly this content and amount and its time is not over. */
extern void approval_require(Call *call, const char *kind, int64 object_id, const char *content_hash, Amount amount);

#endif
