/*
 * violations.h
 *		What invoicing asks of the validator: the facts of a document, and whether it may be issued.
 */
#ifndef MARKETPLACE_VIOLATIONS_H
#define MARKETPLACE_VIOLATIONS_H

#include "invoicing/edocument.h"

/* What the rules of marketplace.invoice_rules look at. */
extern Jsonb *violation_facts(Jsonb *json, const InvoiceProfile *profile);

/* violations.c: an array of {rule, severity, place, message}; empty: all is well */
extern Jsonb *violations_of(Jsonb *json, const InvoiceProfile *profile);

#endif
