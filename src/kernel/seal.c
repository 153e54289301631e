/*
 * seal.c
 *		Hash chains over records: SHA-256 of the previous hash and the content.
 *
 * What the content of a record is, and where its hash is kept, is decided by whoever seals (series.c, event.c). A
 * chain shows that something was changed afterwards; it does not prevent it (guard.c does).
 */
#include "kernel/seal.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "kernel/errors.h"
#include "mb/pg_wchar.h"

bytea *
seal_next(bytea *previous, const char *content, size_t length)
{
	bytea	   *hash = palloc(VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	pg_cryptohash_ctx *context = pg_cryptohash_create(PG_SHA256);

	SET_VARSIZE(hash, VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	if (pg_cryptohash_init(context) < 0 ||
		(previous != NULL &&
		 pg_cryptohash_update(context, (const uint8 *) VARDATA_ANY(previous), VARSIZE_ANY_EXHDR(previous)) < 0) ||
		pg_cryptohash_update(context, (const uint8 *) content, length) < 0 ||
		pg_cryptohash_final(context, (uint8 *) VARDATA(hash), PG_SHA256_DIGEST_LENGTH) < 0)
		elog(ERROR, "could not compute SHA-256: %s", pg_cryptohash_error(context));
	pg_cryptohash_free(context);
	return hash;
}

bytea *
seal_text(bytea *previous, const char *content)
{
	size_t		length = strlen(content);
	char	   *bytes = pg_server_to_any(content, length, PG_UTF8);

	return seal_next(previous, bytes, bytes == content ? length : strlen(bytes));
}

/*
 * The same for users who verify in SQL. Not strict: the first record of a chain has no previous hash.
 */
PG_FUNCTION_INFO_V1(seal_hash);
Datum
seal_hash(PG_FUNCTION_ARGS)
{
	bytea	   *previous = PG_ARGISNULL(0) ? NULL : PG_GETARG_BYTEA_PP(0);

	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(MK_MISSING_VALUE),
				 errmsg("content must be given"),
				 errdetail("Only the previous hash may be NULL, for the first record of a chain."),
				 errhint("seal_hash(NULL, 'content').")));
	if (previous != NULL && VARSIZE_ANY_EXHDR(previous) != PG_SHA256_DIGEST_LENGTH)
		ereport(ERROR,
				(errcode(MK_INVALID_ARGUMENT),
				 errmsg("the previous hash is no SHA-256"),
				 errdetail("It has %d bytes, not %d.", (int) VARSIZE_ANY_EXHDR(previous), PG_SHA256_DIGEST_LENGTH),
				 errhint("Give the hash of the record before, or NULL for the first record of a chain.")));
	PG_RETURN_BYTEA_P(seal_text(previous, text_to_cstring(PG_GETARG_TEXT_PP(1))));
}
