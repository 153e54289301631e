/*
 * seal.h
 *		Hash chains: SHA-256 over the previous hash and the canonical content. Tamper evidence, not a legal
 *		certification (LG-52, IV-77).
 */
#ifndef MARKETPLACE_SEAL_H
#define MARKETPLACE_SEAL_H

#include "kernel/query.h"

/* SHA-256 of previous (may be NULL) followed by the content's bytes. */
extern bytea *seal_next(bytea *previous, const char *content, size_t length);

/* The same of text, as UTF-8 whatever the database's encoding: a restored chain verifies. SQL: seal_hash(). */
extern bytea *seal_text(bytea *previous, const char *content);

#endif
