/*
 * identifier_check.h
 *		One question per kind of identifier: is it well formed, with a right check digit? Pure C: bytes in, true or
 *		false out.
 */
#ifndef MARKETPLACE_IDENTIFIER_CHECK_H
#define MARKETPLACE_IDENTIFIER_CHECK_H

#include <stdbool.h>
#include <stddef.h>

extern bool country_code_valid(const char *s, size_t n);
extern bool iban_valid(const char *s, size_t n);
extern bool bic_valid(const char *s, size_t n);
extern bool creditor_reference_valid(const char *s, size_t n);
extern bool siren_valid(const char *s, size_t n);
extern bool siret_valid(const char *s, size_t n);
extern bool vat_id_valid(const char *s, size_t n);
extern bool gtin_valid(const char *s, size_t n);
extern bool gln_valid(const char *s, size_t n);
extern bool sscc_valid(const char *s, size_t n);
extern bool s10_valid(const char *s, size_t n);

#define CREDITOR_REFERENCE_BODY_MAX 21
#define CREDITOR_REFERENCE_MAX 25

extern bool creditor_reference_compose(const char *body, size_t n, char *reference);
extern size_t identifier_squeeze_utf8(const char *s, size_t n, char *squeezed);

#endif
