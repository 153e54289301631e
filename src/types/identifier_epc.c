/*
 * identifier_epc.c
 *		GS1 keys as EPCIS events carry them (RD-30): EPC pure identity URIs and GS1 Digital Link URIs to GTIN-14,
 *		SSCC and GLN.
 *
 * The key alone is taken: what a URI says beyond it (serial number, lot, extension of a location) is tested for
 * form and dropped. A URI of another kind is an answer of its own, not an error, because an event may name objects
 * that have no such key. Pure C.
 */
#include "types/identifier_epc.h"

#include <string.h>

#include "types/checkdigit.h"
#include "types/identifier_check.h"

/* GS1's Tag Data Standard encodes company prefixes of 6 to 12 digits only, although newer ones of 4 and 5 exist. */
#define EPC_PREFIX_SHORTEST 6
#define EPC_SERIAL_LONGEST 20
#define EPC_SERIAL_PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!'()*+,-.:;=_"

/* A stretch of the URI. */
typedef struct Part
{
	const char *s;
	size_t		n;
} Part;

/* Cuts the literal off the front; false, and nothing cut, if the part does not start with it. */
static bool
skip_literal(Part *part, const char *literal)
{
	size_t		length = strlen(literal);

	if (part->n < length || memcmp(part->s, literal, length) != 0)
		return false;
	part->s += length;
	part->n -= length;
	return true;
}

/* Cuts off what stands before the next dot, and the dot; false if there is no dot. */
static bool
cut_at_dot(Part *rest, Part *first)
{
	const char *dot = rest->n > 0 ? memchr(rest->s, '.', rest->n) : NULL;

	if (dot == NULL)
		return false;
	first->s = rest->s;
	first->n = (size_t) (dot - rest->s);
	rest->s = dot + 1;
	rest->n -= first->n + 1;
	return true;
}

static bool
is_hex_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

/* A serial number or extension: 1 to 20 characters of GS1's set 82, those that mean something in a URI as %hh. */
static bool
serial_is_well_formed(Part serial)
{
	size_t		characters = 0;

	for (size_t i = 0; i < serial.n; characters++)
	{
		char		c = serial.s[i];

		if (characters == EPC_SERIAL_LONGEST)
			return false;
		if (c == '%')
		{
			if (serial.n - i < 3 || !is_hex_digit(serial.s[i + 1]) || !is_hex_digit(serial.s[i + 2]))
				return false;
			i += 3;
			continue;
		}
		if (c == '\0' || strchr(EPC_SERIAL_PLAIN, c) == NULL)
			return false;
		i++;
	}
	return characters > 0;
}

/*
 * Company prefix and reference together have so many digits; the reference may be empty only where the lengths
 * allow it.
 */
static bool
prefix_and_reference_fit(Part prefix, Part reference, size_t digits)
{
	return prefix.n >= EPC_PREFIX_SHORTEST && prefix.n <= GS1_PREFIX_LONGEST && prefix.n + reference.n == digits &&
		all_digits(prefix.s, prefix.n) && (reference.n == 0 || all_digits(reference.s, reference.n));
}

/* Closes a key of n digits with its check digit and a terminator. */
static void
append_check_digit(char *key, size_t n)
{
	key[n] = (char) ('0' + gs1_check_digit_for(key, n));
	key[n + 1] = '\0';
}

/*
 * In an EPC the first digit of the key (GTIN indicator, SSCC extension) stands at the head of the reference, behind
 * the company prefix; in the key it leads.
 */
static void
join_with_leading_digit(Part prefix, Part reference, char *key)
{
	key[0] = reference.s[0];
	memcpy(key + 1, prefix.s, prefix.n);
	memcpy(key + 1 + prefix.n, reference.s + 1, reference.n - 1);
	append_check_digit(key, prefix.n + reference.n);
}

/* company.item.serial */
static EpcResult
sgtin_to_key(Part rest, char *key)
{
	Part		prefix;
	Part		item;

	if (!cut_at_dot(&rest, &prefix) || !cut_at_dot(&rest, &item) ||
		!prefix_and_reference_fit(prefix, item, GTIN_14_LENGTH - 1) || !serial_is_well_formed(rest))
		return EPC_MALFORMED;
	join_with_leading_digit(prefix, item, key);
	return EPC_KEY;
}

/* company.reference */
static EpcResult
sscc_to_key(Part rest, char *key)
{
	Part		prefix;

	if (!cut_at_dot(&rest, &prefix) || !prefix_and_reference_fit(prefix, rest, SSCC_BODY_LENGTH + 1))
		return EPC_MALFORMED;
	join_with_leading_digit(prefix, rest, key);
	return EPC_KEY;
}

/* company.location.extension */
static EpcResult
sgln_to_key(Part rest, char *key)
{
	Part		prefix;
	Part		location;

	if (!cut_at_dot(&rest, &prefix) || !cut_at_dot(&rest, &location) ||
		!prefix_and_reference_fit(prefix, location, 12) || !serial_is_well_formed(rest))
		return EPC_MALFORMED;
	memcpy(key, prefix.s, prefix.n);
	memcpy(key + prefix.n, location.s, location.n);
	append_check_digit(key, 12);
	return EPC_KEY;
}

/* Left-pads a valid GTIN of 8, 12, 13 or 14 digits; the check digit stays right, because zeros weigh nothing. */
void
gtin_extend_to_14(const char *gtin, size_t n, char *key)
{
	memset(key, '0', GTIN_14_LENGTH - n);
	memcpy(key + GTIN_14_LENGTH - n, gtin, n);
	key[GTIN_14_LENGTH] = '\0';
}

/* The key of a Digital Link ends at the end of its path segment; the rest of the URI must be visible ASCII. */
static EpcResult
digital_link_to_key(Part rest, bool (*valid) (const char *s, size_t n), Gs1KeyKind kind, char *key)
{
	size_t		length = 0;

	while (length < rest.n && rest.s[length] >= '0' && rest.s[length] <= '9')
		length++;
	if (!valid(rest.s, length))
		return EPC_MALFORMED;
	if (length < rest.n && rest.s[length] != '/' && rest.s[length] != '?' && rest.s[length] != '#')
		return EPC_MALFORMED;
	for (size_t i = length; i < rest.n; i++)
	{
		if (rest.s[i] <= ' ' || rest.s[i] > '~')
			return EPC_MALFORMED;
	}
	if (kind == GS1_GTIN)
	{
		gtin_extend_to_14(rest.s, length, key);
		return EPC_KEY;
	}
	memcpy(key, rest.s, length);
	key[length] = '\0';
	return EPC_KEY;
}

/*
 * Writes the key (GS1_KEY_SIZE bytes at most, terminated) and its kind if the answer is EPC_KEY; else neither has a
 * meaning.
 */
EpcResult
epc_to_gs1_key(const char *uri, size_t n, char *key, Gs1KeyKind *kind)
{
	Part		rest = {uri, n};

	if (skip_literal(&rest, "urn:epc:id:sgtin:"))
	{
		*kind = GS1_GTIN;
		return sgtin_to_key(rest, key);
	}
	if (skip_literal(&rest, "urn:epc:id:sscc:"))
	{
		*kind = GS1_SSCC;
		return sscc_to_key(rest, key);
	}
	if (skip_literal(&rest, "urn:epc:id:sgln:"))
	{
		*kind = GS1_GLN;
		return sgln_to_key(rest, key);
	}
	if (!skip_literal(&rest, "https://id.gs1.org/"))
		return EPC_OTHER;
	if (skip_literal(&rest, "01/"))
	{
		*kind = GS1_GTIN;
		return digital_link_to_key(rest, gtin_valid, *kind, key);
	}
	if (skip_literal(&rest, "00/"))
	{
		*kind = GS1_SSCC;
		return digital_link_to_key(rest, sscc_valid, *kind, key);
	}
	if (skip_literal(&rest, "414/"))
	{
		*kind = GS1_GLN;
		return digital_link_to_key(rest, gln_valid, *kind, key);
	}
	return EPC_OTHER;
}

/*
 * Extension digit, company prefix, serial reference padded with zeros to 16 digits together, check digit. False if
 * the extension is not 0 to 9, the prefix not 4 to 12 digits, or the serial does not fit; nothing of use is written
 * then.
 */
bool
sscc_compose(int extension, const char *prefix, size_t n, int64_t serial, char *sscc)
{
	if (extension < 0 || extension > 9 || serial < 0)
		return false;
	if (n < GS1_PREFIX_SHORTEST || n > GS1_PREFIX_LONGEST || !all_digits(prefix, n))
		return false;
	sscc[0] = (char) ('0' + extension);
	memcpy(sscc + 1, prefix, n);
	for (size_t at = SSCC_BODY_LENGTH; at > n; at--)
	{
		sscc[at] = (char) ('0' + serial % 10);
		serial /= 10;
	}
	if (serial != 0)
		return false;
	append_check_digit(sscc, SSCC_BODY_LENGTH + 1);
	return true;
}
