/*
 * errors.h
 *		The one SQLSTATE class of the extension, MK, and its one list.
 *
 * Every ereport(ERROR) uses one of these. marketplace.error_codes() prints the list, so a code's meaning and way out are written
 * here only. Codes are never reused.
 */
#ifndef MARKETPLACE_ERRORS_H
#define MARKETPLACE_ERRORS_H

#include "utils/elog.h"

/* X(macro, third to fifth character of the SQLSTATE, name, meaning and way out) */
#define MK_ERROR_LIST(X) \
	X(MK_MISSING_VALUE, '0', '0', '1', "missing_value", "An argument or a key that must be given is NULL or absent: give it.") \
	X(MK_INVALID_ARGUMENT, '0', '0', '2', "invalid_argument", "A value is outside what the function accepts; the detail says what it accepts.") \
	X(MK_INVALID_DOCUMENT, '0', '0', '3', "invalid_document", "A JSON or XML document has an unknown key, a wrong type or a missing value at the path named.") \
	X(MK_NOT_FOUND, '0', '0', '4', "not_found", "No such object in this marketplace; ids of other marketplaces are not visible.") \
	X(MK_NOT_PERMITTED, '0', '0', '5', "not_permitted", "The database role has no capacity for this: see marketplace.access_grant().") \
	X(MK_ALREADY_EXISTS, '0', '0', '6', "already_exists", "An object with this key exists already.") \
	X(MK_SCHEMA_VERSION, '0', '0', '7', "schema_version", "Tables and code differ in version: run SELECT marketplace.migrate(), or install newer code.") \
	X(MK_CONCURRENT_CHANGE, '0', '0', '8', "concurrent_change", "Another transaction changed the same object: run the transaction again.") \
	X(MK_INVALID_AMOUNT, '0', '1', '0', "invalid_amount", "The text or number is no amount of this currency.") \
	X(MK_AMOUNT_OVERFLOW, '0', '1', '1', "amount_overflow", "The amount does not fit: at most 9007199254740991 minor units.") \
	X(MK_CURRENCY_MISMATCH, '0', '1', '2', "currency_mismatch", "Two currencies cannot be combined: convert at a named rate first.") \
	X(MK_UNKNOWN_CURRENCY, '0', '1', '3', "unknown_currency", "Not a payable ISO 4217 currency: see marketplace.currencies().") \
	X(MK_ALLOCATION, '0', '1', '4', "allocation", "The weights cannot carry the amount: give weights of zero or more, not all zero.") \
	X(MK_REQUEST_REUSED, '0', '2', '0', "request_key_reused", "The request key was used for another call: use a new key, or repeat the call exactly.") \
	X(MK_TRANSITION_REFUSED, '0', '3', '0', "transition_refused", "The lifecycle does not allow this change of state; the detail names the allowed ones.") \
	X(MK_UNKNOWN_MACHINE, '0', '3', '1', "unknown_machine", "No such lifecycle: see the view marketplace.lifecycle.") \
	X(MK_IMMUTABLE, '0', '4', '0', "immutable", "Recorded rows are never changed or removed: record a correction that points at them.") \
	X(MK_WRITE_BY_FUNCTION, '0', '4', '1', "write_by_function", "This column is kept by the extension: call the function that changes it.") \
	X(MK_LEDGER_RULE, '0', '5', '0', "ledger_rule", "The posting breaks a rule of the books; nothing was posted.") \
	X(MK_INSUFFICIENT_FUNDS, '0', '5', '1', "insufficient_funds", "An account would go below zero; the detail gives balance and amount.") \
	X(MK_FUNDS_HELD, '0', '5', '2', "funds_held", "The amount is under a hold: lift the hold first.") \
	X(MK_SERIES, '0', '6', '0', "series", "The numbering series does not allow this number or date.") \
	X(MK_POLICY, '0', '7', '0', "policy", "The policy parameter or rule is unknown, of a wrong type or contradictory.") \
	X(MK_CALENDAR, '0', '7', '1', "calendar", "The calendar is unknown or has no rows for the year: see marketplace.calendar_generate().") \
	X(MK_EVENT, '0', '8', '0', "event", "The outbox refuses: unknown consumer, or a position that was never handed out.") \
	X(MK_INSTRUCTION_UNKNOWN, '0', '8', '1', "instruction_unknown", "The instruction's outcome is unknown: resolve it by evidence before sending again.") \
	X(MK_APPROVAL, '0', '9', '0', "approval", "A second person must approve exactly this content, in time: see the view marketplace.approvals.") \
	X(MK_QUANTITY, '1', '0', '0', "quantity", "The quantity is not there to be moved; the detail gives what is.") \
	X(MK_ORDER_STATE, '1', '0', '1', "order_state", "The order, seller order or line is not in a state that allows this.") \
	X(MK_PAYMENT, '1', '1', '0', "payment", "The payment does not allow this; the detail gives its state and amounts.") \
	X(MK_PAYOUT, '1', '1', '1', "payout", "The payout does not allow this; the detail gives its state.") \
	X(MK_AGENT, '1', '1', '2', "agent", "No agent mandate of the PSP covers this movement, or the request to the PSP does not allow this.") \
	X(MK_STATEMENT, '1', '1', '3', "statement", "The bank file is refused whole: it is no valid message, or contradicts what was imported; the detail says where.") \
	X(MK_RECONCILIATION, '1', '1', '4', "reconciliation", "The difference between ledger, PSP and bank does not allow this; the detail gives its state.") \
	X(MK_DEBT, '1', '1', '5', "debt", "The seller's debt does not allow this; the detail gives its state and what is open.") \
	X(MK_REFUND, '1', '1', '6', "refund", "More cannot be refunded, or not by these means; the detail gives what can.") \
	X(MK_FX, '1', '1', '7', "fx", "No exchange rate is on record for this pair and date.") \
	X(MK_SHIPMENT, '1', '2', '0', "shipment", "The shipment or parcel does not allow this; the detail gives its state and contents.") \
	X(MK_TRACKING, '1', '2', '1', "tracking", "The tracking event cannot be taken; the detail says why.") \
	X(MK_RECEIPT, '1', '2', '2', "receipt", "The receipt does not allow this; the detail gives delivered and accepted quantities.") \
	X(MK_RETURN, '1', '2', '3', "return", "The return does not allow this; the detail gives what was received, announced and inspected.") \
	X(MK_CARRIER_CLAIM, '1', '2', '4', "carrier_claim", "The claim against the carrier does not allow this; the detail gives what was lost, claimed or missed.") \
	X(MK_MANDATE, '1', '3', '0', "mandate", "No valid invoicing mandate covers this document: sign one first.") \
	X(MK_INVOICE, '1', '3', '1', "invoice", "The invoice cannot be issued or changed; the detail says why.") \
	X(MK_SEAL_BROKEN, '1', '4', '0', "seal_broken", "The hash chain does not verify: the named row was changed outside the extension.")

/* The same codes as constants that errcode() takes. */
enum
{
#define MK_ERROR_CONSTANT(macro, c, d, e, name, meaning) macro = MAKE_SQLSTATE('M', 'K', c, d, e),
	MK_ERROR_LIST(MK_ERROR_CONSTANT)
#undef MK_ERROR_CONSTANT
};

#endif
