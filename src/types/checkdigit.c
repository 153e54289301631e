/*
 * checkdigit.c
 *		Luhn, GS1 modulo 10, ISO 7064 modulo 97-10 and UPU S10: the arithmetic the identifiers share.
 *
 * Which identifier uses which, with what length and alphabet, is identifier_check.c's matter. Pure C, so that the
 * fuzzer and other programs can use it without a server.
 */
#include "types/checkdigit.h"

/* True for one or more ASCII digits and nothing else; the locale has no say. */
bool
all_digits(const char *s, size_t n)
{
	if (n == 0)
		return false;
	for (size_t i = 0; i < n; i++)
	{
		if (s[i] < '0' || s[i] > '9')
			return false;
	}
	return true;
}

int
digit_sum(const char *digits, size_t n)
{
	int			sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += digits[i] - '0';
	return sum;
}

/* Luhn: from the right, every second digit doubled (less 9 above 9), the sum a multiple of 10. */
bool
luhn_valid(const char *s, size_t n)
{
	int			sum = 0;

	if (!all_digits(s, n))
		return false;
	for (size_t i = 0; i < n; i++)
	{
		int			digit = s[n - 1 - i] - '0';

		if (i % 2 == 1)
			digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
		sum = (sum + digit) % 10;
	}
	return sum == 0;
}

/* The GS1 check digit that follows these digits: weights 3, 1, 3 … from the right (RD-29). */
int
gs1_check_digit_for(const char *digits, size_t n)
{
	int			sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = (sum + (digits[n - 1 - i] - '0') * (i % 2 == 0 ? 3 : 1)) % 10;
	return (10 - sum) % 10;
}

/* True for two or more digits whose last is the GS1 check digit of those before it. */
bool
gs1_valid(const char *s, size_t n)
{
	return n >= 2 && all_digits(s, n) && s[n - 1] - '0' == gs1_check_digit_for(s, n - 1);
}

/*
 * The remainder modulo 97 of a number written so far (its remainder is given; 0 to begin) and continued by s, where
 * A…Z stand for 10…35. -1 if s holds anything but 0…9 and A…Z.
 */
int
mod97(int remainder, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
	{
		if (s[i] >= '0' && s[i] <= '9')
			remainder = (remainder * 10 + (s[i] - '0')) % 97;
		else if (s[i] >= 'A' && s[i] <= 'Z')
			remainder = (remainder * 100 + (s[i] - 'A' + 10)) % 97;
		else
			return -1;
	}
	return remainder;
}

/* The UPU S10 check digit of eight digits (RD-31). */
int
s10_check_digit_for(const char *digits)
{
	static const int weights[8] = {8, 6, 4, 2, 3, 5, 9, 7};
	int			sum = 0;
	int			check;

	for (int i = 0; i < 8; i++)
		sum += weights[i] * (digits[i] - '0');
	check = 11 - sum % 11;
	if (check == 10)
		return 0;
	return check == 11 ? 5 : check;
}
