/*
 * suspense.h
 *		What an outcome of the instruction suspense_return means, for the reactions to instructions.
 */
#ifndef MARKETPLACE_FUNDS_SUSPENSE_H
#define MARKETPLACE_FUNDS_SUSPENSE_H

#include "kernel/call.h"

extern void suspense_return_moved(Call *call, int64 money_receipt_id, const char *event, const char *evidence);

#endif
