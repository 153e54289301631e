/*
 * unit.h
 *		Units of measure: codes of UN/ECE recommendation 20, package codes of recommendation 21 with prefix X (RD-5).
 */
#ifndef MARKETPLACE_UNIT_H
#define MARKETPLACE_UNIT_H

#include "postgres.h"

extern bool unit_code_known(const char *code, size_t length);

#endif
