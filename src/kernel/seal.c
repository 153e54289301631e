/*
 * seal.c
 *		SHA-256 chains, by PostgreSQL's own hash functions.
 */
#include "postgres.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "kernel/seal.h"

bytea *
seal_next(bytea *previous, const char *content, size_t length)
{
	pg_cryptohash_ctx *context = pg_cryptohash_create(PG_SHA256);
	bytea	   *hash = palloc(VARHDRSZ + PG_SHA256_DIGEST_LENGTH);

	SET_VARSIZE(hash, VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	if (context == NULL || pg_cryptohash_init(context) < 0 ||
		(previous != NULL &&
		 pg_cryptohash_update(context, (uint8 *) VARDATA_ANY(previous), VARSIZE_ANY_EXHDR(previous)) < 0) ||
		pg_cryptohash_update(context, (const uint8 *) content, length) < 0 ||
		pg_cryptohash_final(context, (uint8 *) VARDATA(hash), PG_SHA256_DIGEST_LENGTH) < 0)
		elog(ERROR, "cannot compute SHA-256: out of memory");
	pg_cryptohash_free(context);
	return hash;
}

/* Not strict in the previous hash: the first link of a chain has none. */
PG_FUNCTION_INFO_V1(seal_hash);
Datum
seal_hash(PG_FUNCTION_ARGS)
{
	text	   *content;

	if (PG_ARGISNULL(1))
		PG_RETURN_NULL();
	content = PG_GETARG_TEXT_PP(1);
	PG_RETURN_BYTEA_P(seal_next(PG_ARGISNULL(0) ? NULL : PG_GETARG_BYTEA_PP(0), VARDATA_ANY(content), VARSIZE_ANY_EXHDR(content)));
}
