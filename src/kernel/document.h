/*
 * document.h
 *		Strict reading of a JSON document: an unknown key, a wrong type or a missing value is an MK003 error that names the path.
 *
 *		Document	line = document_item(&lines, i);
 *		document_only(&line, "seller", "quantity", "note", NULL);
 *		quantity = document_numeric(&line, "quantity");
 *		note = document_text_or_null(&line, "note");
 */
#ifndef MARKETPLACE_DOCUMENT_H
#define MARKETPLACE_DOCUMENT_H

#include "kernel/query.h"

typedef struct Document
{
	JsonbContainer *container;	/* an object or an array */
	const char *path;			/* '' for the root, 'lines[2]' below */
} Document;

extern Document document_root(Jsonb *json);		/* must be an object */

/* Refuses keys that are not listed; the list ends with NULL. */
extern void document_only(const Document *object, ...);
extern bool document_has(const Document *object, const char *key);	/* present and not null */

extern Document document_object(const Document *object, const char *key);
extern Document document_array(const Document *object, const char *key);
extern int	document_length(const Document *array);
extern Document document_item(const Document *array, int index);	/* must be an object */
extern Jsonb *document_item_jsonb(const Document *array, int index);
extern char *document_item_text(const Document *array, int index);	/* must be a string */

extern char *document_text(const Document *object, const char *key);	/* a string that is not empty */
extern char *document_text_or_null(const Document *object, const char *key);
extern int64 document_int64(const Document *object, const char *key);
extern int64 document_int64_or(const Document *object, const char *key, int64 otherwise);
extern bool document_bool_or(const Document *object, const char *key, bool otherwise);
extern Numeric document_numeric(const Document *object, const char *key);	/* number, or string that reads as one */
extern Numeric document_numeric_or_null(const Document *object, const char *key);
extern DateADT document_date(const Document *object, const char *key);		/* 'YYYY-MM-DD' */
extern bool document_date_or_null(const Document *object, const char *key, DateADT *date);
extern TimestampTz document_timestamptz(const Document *object, const char *key);	/* ISO 8601 with a zone */
extern Jsonb *document_jsonb_or_null(const Document *object, const char *key);

/* An ISO 8601 text; one without a zone is of the zone named, or refused when that is NULL. False: it is none. */
extern bool instant_read(const char *string, const char *zone_name, TimestampTz *instant);

/* Raises MK003 at path.key: what is wrong there, and what would be right (hint, may be NULL). */
extern void document_refuse(const Document *object, const char *key, const char *detail, const char *hint) pg_attribute_noreturn();

#endif
