/*
 * identifier_epc.h
 *		GS1 keys out of EPC and Digital Link URIs, and the making of an SSCC. Pure C.
 */
#ifndef MARKETPLACE_IDENTIFIER_EPC_H
#define MARKETPLACE_IDENTIFIER_EPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum EpcResult
{
	EPC_KEY,					/* the key was written */
	EPC_OTHER,					/* some other URI or text: no GTIN, SSCC or GLN */
	EPC_MALFORMED				/* claims to be one, but its digits or parts are wrong */
} EpcResult;

typedef enum Gs1KeyKind
{
	GS1_GTIN,					/* always as GTIN-14 */
	GS1_SSCC,
	GS1_GLN
} Gs1KeyKind;

#define GS1_KEY_SIZE 19			/* the longest key, SSCC, and a terminator */
#define GTIN_14_LENGTH 14
#define SSCC_BODY_LENGTH 16		/* company prefix and serial reference */
#define GS1_PREFIX_SHORTEST 4
#define GS1_PREFIX_LONGEST 12

extern EpcResult epc_to_gs1_key(const char *uri, size_t n, char *key, Gs1KeyKind *kind);
extern void gtin_extend_to_14(const char *gtin, size_t n, char *key);
extern bool sscc_compose(int extension, const char *prefix, size_t n, int64_t serial, char *sscc);

#endif
