/*
 * unit.c
 *		The units of measure that orders take (RD-5): the codes of UN/ECE recommendation 20 that trade in goods and
 *		services uses.
 *
 * A code is only named here: one unit is never converted into another.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "orders/unit.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

static const struct
{
	const char *code;
	const char *name;
} unit_table[] = {
	{"ANN", "year"},
	{"C62", "one"},
	{"CEN", "hundred"},
	{"CMK", "square centimetre"},
	{"CMT", "centimetre"},
	{"DAY", "day"},
	{"DMQ", "cubic decimetre"},
	{"DZN", "dozen"},
	{"E48", "service unit"},
	{"EA", "each"},
	{"GRM", "gram"},
	{"H87", "piece"},
	{"HAR", "hectare"},
	{"HUR", "hour"},
	{"KGM", "kilogram"},
	{"KMT", "kilometre"},
	{"KWH", "kilowatt hour"},
	{"LM", "linear metre"},
	{"LS", "lump sum"},
	{"LTR", "litre"},
	{"MGM", "milligram"},
	{"MIL", "thousand"},
	{"MIN", "minute"},
	{"MLT", "millilitre"},
	{"MMT", "millimetre"},
	{"MON", "month"},
	{"MTK", "square metre"},
	{"MTQ", "cubic metre"},
	{"MTR", "metre"},
	{"MWH", "megawatt hour"},
	{"NAR", "number of articles"},
	{"NMP", "number of packs"},
	{"NPR", "number of pairs"},
	{"P1", "percent"},
	{"PR", "pair"},
	{"RM", "ream"},
	{"SET", "set"},
	{"TNE", "tonne"},
	{"WEE", "week"}
};

bool
unit_code_known(const char *code, size_t length)
{
	/* packages: X and the two characters of recommendation 21 */
	if (length == 3 && code[0] == 'X' && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") >= 3)
		return true;
	for (int i = 0; i < lengthof(unit_table); i++)
		if (strlen(unit_table[i].code) == length && memcmp(unit_table[i].code, code, length) == 0)
			return true;
	return false;
}

PG_FUNCTION_INFO_V1(unit_code_is_valid);
Datum
unit_code_is_valid(PG_FUNCTION_ARGS)
{
	char	   *code = TextDatumGetCString(PG_GETARG_DATUM(0));

	PG_RETURN_BOOL(unit_code_known(code, strlen(code)));
}

PG_FUNCTION_INFO_V1(units);
Datum
units(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < lengthof(unit_table); i++)
	{
		Datum		values[] = {CStringGetTextDatum(unit_table[i].code), CStringGetTextDatum(unit_table[i].name)};
		bool		nulls[] = {false, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
