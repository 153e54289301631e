/*
 * checkdigit.h
 *		Check digit arithmetic over bytes. Pure C: no backend header, no allocation, never reads beyond s[n - 1].
 */
#ifndef MARKETPLACE_CHECKDIGIT_H
#define MARKETPLACE_CHECKDIGIT_H

#include <stdbool.h>
#include <stddef.h>

extern bool all_digits(const char *s, size_t n);
extern int	digit_sum(const char *digits, size_t n);
extern bool luhn_valid(const char *s, size_t n);
extern int	gs1_check_digit_for(const char *digits, size_t n);
extern bool gs1_valid(const char *s, size_t n);
extern int	mod97(int remainder, const char *s, size_t n);
extern int	s10_check_digit_for(const char *digits);

#endif
