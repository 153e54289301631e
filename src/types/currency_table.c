/*
 * currency_table.c
 *		The currencies of ISO 4217, active and withdrawn since 1999, and the look-up by letters.
 *
 * Exchange rates and what a marketplace accepts are not here.
 *
 * THE POSITION OF A ROW IS STORED IN EVERY AMOUNT ON DISK. Append new rows at the end; never move, remove or re-use
 * one, and never change an exponent. A withdrawn currency gets a valid_until and stays readable (RD-22).
 *
 * Sources
 *
 * - codes, numbers, minor units: ISO 4217 list one (active) and list three (withdrawn), by way of
 *   github.com/datasets/currency-codes at ab9b0ae (2026-02-01); compared with Debian iso-codes 4.15.0, RD-20, RD-21;
 * - minor units of withdrawn currencies: OpenJDK 17's ISO 4217 table, since list three does not give them. The few
 *   codes of 1999 to 2007 that it does not have are left out: AON AOR CHC ECS ECV GHP TJR XEU ZRN;
 * - valid_until: list three gives a month; here its first day, or for a December the 1st of January that follows. By
 *   the day of the national changeover: ANG, BGN, HRK;
 * - valid_from: only where the currency replaced another one, by the national changeover, from memory;
 * - cash_step: Unicode CLDR 42 (CAD, CHF, CZK, DKK, NOK, SEK); smallest coin in circulation, from memory, to be
 *   checked before legal use (AUD, HKD, HUF, ILS, MYR, NZD, SGD, ZAR).
 */
#include "types/currency_table.h"

/* alpha, number, exponent, cash step, valid from, valid until, name */
static const CurrencyRow currency_rows[] = {
	{"???", 0, -1, 0, 0, 0, "no currency"},
	{"ADP", 20, 0, 0, 0, 20030701, "Andorran Peseta"},
	{"AED", 784, 2, 0, 0, 0, "UAE Dirham"},
	{"AFA", 4, 2, 0, 0, 20030101, "Afghani"},
	{"AFN", 971, 2, 0, 0, 0, "Afghani"},
	{"ALL", 8, 2, 0, 0, 0, "Lek"},
	{"AMD", 51, 2, 0, 0, 0, "Armenian Dram"},
	{"ANG", 532, 2, 0, 0, 20250331, "Netherlands Antillean Guilder"},
	{"AOA", 973, 2, 0, 0, 0, "Kwanza"},
	{"ARS", 32, 2, 0, 0, 0, "Argentine Peso"},
	{"ATS", 40, 2, 0, 0, 20020301, "Schilling"},
	{"AUD", 36, 2, 5, 0, 0, "Australian Dollar"},
	{"AWG", 533, 2, 0, 0, 0, "Aruban Florin"},
	{"AYM", 945, 2, 0, 0, 20051001, "Azerbaijan Manat"},
	{"AZM", 31, 2, 0, 0, 20060101, "Azerbaijanian Manat"},
	{"AZN", 944, 2, 0, 20060101, 0, "Azerbaijan Manat"},
	{"BAM", 977, 2, 0, 0, 0, "Convertible Mark"},
	{"BBD", 52, 2, 0, 0, 0, "Barbados Dollar"},
	{"BDT", 50, 2, 0, 0, 0, "Taka"},
	{"BEF", 56, 0, 0, 0, 20020301, "Belgian Franc"},
	{"BGL", 100, 2, 0, 0, 20031101, "Lev"},
	{"BGN", 975, 2, 0, 19990705, 20260101, "Bulgarian Lev"},
	{"BHD", 48, 3, 0, 0, 0, "Bahraini Dinar"},
	{"BIF", 108, 0, 0, 0, 0, "Burundi Franc"},
	{"BMD", 60, 2, 0, 0, 0, "Bermudian Dollar"},
	{"BND", 96, 2, 0, 0, 0, "Brunei Dollar"},
	{"BOB", 68, 2, 0, 0, 0, "Boliviano"},
	{"BOV", 984, 2, 0, 0, 0, "Mvdol"},
	{"BRL", 986, 2, 0, 0, 0, "Brazilian Real"},
	{"BSD", 44, 2, 0, 0, 0, "Bahamian Dollar"},
	{"BTN", 64, 2, 0, 0, 0, "Ngultrum"},
	{"BWP", 72, 2, 0, 0, 0, "Pula"},
	{"BYB", 112, 0, 0, 0, 20010101, "Belarusian Ruble"},
	{"BYN", 933, 2, 0, 20160701, 0, "Belarusian Ruble"},
	{"BYR", 974, 0, 0, 0, 20170101, "Belarusian Ruble"},
	{"BZD", 84, 2, 0, 0, 0, "Belize Dollar"},
	{"CAD", 124, 2, 5, 0, 0, "Canadian Dollar"},
	{"CDF", 976, 2, 0, 0, 0, "Congolese Franc"},
	{"CHE", 947, 2, 0, 0, 0, "WIR Euro"},
	{"CHF", 756, 2, 5, 0, 0, "Swiss Franc"},
	{"CHW", 948, 2, 0, 0, 0, "WIR Franc"},
	{"CLF", 990, 4, 0, 0, 0, "Unidad de Fomento"},
	{"CLP", 152, 0, 0, 0, 0, "Chilean Peso"},
	{"CNY", 156, 2, 0, 0, 0, "Yuan Renminbi"},
	{"COP", 170, 2, 0, 0, 0, "Colombian Peso"},
	{"COU", 970, 2, 0, 0, 0, "Unidad de Valor Real"},
	{"CRC", 188, 2, 0, 0, 0, "Costa Rican Colon"},
	{"CSD", 891, 2, 0, 0, 20061001, "Serbian Dinar"},
	{"CUC", 931, 2, 0, 0, 20210601, "Peso Convertible"},
	{"CUP", 192, 2, 0, 0, 0, "Cuban Peso"},
	{"CVE", 132, 2, 0, 0, 0, "Cabo Verde Escudo"},
	{"CYP", 196, 2, 0, 0, 20080101, "Cyprus Pound"},
	{"CZK", 203, 2, 100, 0, 0, "Czech Koruna"},
	{"DEM", 276, 2, 0, 0, 20020301, "Deutsche Mark"},
	{"DJF", 262, 0, 0, 0, 0, "Djibouti Franc"},
	{"DKK", 208, 2, 50, 0, 0, "Danish Krone"},
	{"DOP", 214, 2, 0, 0, 0, "Dominican Peso"},
	{"DZD", 12, 2, 0, 0, 0, "Algerian Dinar"},
	{"EEK", 233, 2, 0, 0, 20110101, "Kroon"},
	{"EGP", 818, 2, 0, 0, 0, "Egyptian Pound"},
	{"ERN", 232, 2, 0, 0, 0, "Nakfa"},
	{"ESP", 724, 0, 0, 0, 20020301, "Spanish Peseta"},
	{"ETB", 230, 2, 0, 0, 0, "Ethiopian Birr"},
	{"EUR", 978, 2, 0, 19990101, 0, "Euro"},
	{"FIM", 246, 2, 0, 0, 20020301, "Markka"},
	{"FJD", 242, 2, 0, 0, 0, "Fiji Dollar"},
	{"FKP", 238, 2, 0, 0, 0, "Falkland Islands Pound"},
	{"FRF", 250, 2, 0, 0, 20020301, "French Franc"},
	{"GBP", 826, 2, 0, 0, 0, "Pound Sterling"},
	{"GEL", 981, 2, 0, 0, 0, "Lari"},
	{"GHC", 288, 2, 0, 0, 20080101, "Cedi"},
	{"GHS", 936, 2, 0, 20070701, 0, "Ghana Cedi"},
	{"GIP", 292, 2, 0, 0, 0, "Gibraltar Pound"},
	{"GMD", 270, 2, 0, 0, 0, "Dalasi"},
	{"GNF", 324, 0, 0, 0, 0, "Guinean Franc"},
	{"GRD", 300, 0, 0, 0, 20020301, "Drachma"},
	{"GTQ", 320, 2, 0, 0, 0, "Quetzal"},
	{"GYD", 328, 2, 0, 0, 0, "Guyana Dollar"},
	{"HKD", 344, 2, 10, 0, 0, "Hong Kong Dollar"},
	{"HNL", 340, 2, 0, 0, 0, "Lempira"},
	{"HRK", 191, 2, 0, 0, 20230101, "Kuna"},
	{"HTG", 332, 2, 0, 0, 0, "Gourde"},
	{"HUF", 348, 2, 500, 0, 0, "Forint"},
	{"IDR", 360, 2, 0, 0, 0, "Rupiah"},
	{"IEP", 372, 2, 0, 0, 20020301, "Irish Pound"},
	{"ILS", 376, 2, 10, 0, 0, "New Israeli Sheqel"},
	{"INR", 356, 2, 0, 0, 0, "Indian Rupee"},
	{"IQD", 368, 3, 0, 0, 0, "Iraqi Dinar"},
	{"IRR", 364, 2, 0, 0, 0, "Iranian Rial"},
	{"ISK", 352, 0, 0, 0, 0, "Iceland Krona"},
	{"ITL", 380, 0, 0, 0, 20020301, "Italian Lira"},
	{"JMD", 388, 2, 0, 0, 0, "Jamaican Dollar"},
	{"JOD", 400, 3, 0, 0, 0, "Jordanian Dinar"},
	{"JPY", 392, 0, 0, 0, 0, "Yen"},
	{"KES", 404, 2, 0, 0, 0, "Kenyan Shilling"},
	{"KGS", 417, 2, 0, 0, 0, "Som"},
	{"KHR", 116, 2, 0, 0, 0, "Riel"},
	{"KMF", 174, 0, 0, 0, 0, "Comorian Franc"},
	{"KPW", 408, 2, 0, 0, 0, "North Korean Won"},
	{"KRW", 410, 0, 0, 0, 0, "Won"},
	{"KWD", 414, 3, 0, 0, 0, "Kuwaiti Dinar"},
	{"KYD", 136, 2, 0, 0, 0, "Cayman Islands Dollar"},
	{"KZT", 398, 2, 0, 0, 0, "Tenge"},
	{"LAK", 418, 2, 0, 0, 0, "Lao Kip"},
	{"LBP", 422, 2, 0, 0, 0, "Lebanese Pound"},
	{"LKR", 144, 2, 0, 0, 0, "Sri Lanka Rupee"},
	{"LRD", 430, 2, 0, 0, 0, "Liberian Dollar"},
	{"LSL", 426, 2, 0, 0, 0, "Loti"},
	{"LTL", 440, 2, 0, 0, 20150101, "Lithuanian Litas"},
	{"LUF", 442, 0, 0, 0, 20020301, "Luxembourg Franc"},
	{"LVL", 428, 2, 0, 0, 20140101, "Latvian Lats"},
	{"LYD", 434, 3, 0, 0, 0, "Libyan Dinar"},
	{"MAD", 504, 2, 0, 0, 0, "Moroccan Dirham"},
	{"MDL", 498, 2, 0, 0, 0, "Moldovan Leu"},
	{"MGA", 969, 2, 0, 0, 0, "Malagasy Ariary"},
	{"MGF", 450, 0, 0, 0, 20050101, "Malagasy Franc"},
	{"MKD", 807, 2, 0, 0, 0, "Denar"},
	{"MMK", 104, 2, 0, 0, 0, "Kyat"},
	{"MNT", 496, 2, 0, 0, 0, "Tugrik"},
	{"MOP", 446, 2, 0, 0, 0, "Pataca"},
	{"MRO", 478, 2, 0, 0, 20180101, "Ouguiya"},
	{"MRU", 929, 2, 0, 20180101, 0, "Ouguiya"},
	{"MTL", 470, 2, 0, 0, 20080101, "Maltese Lira"},
	{"MUR", 480, 2, 0, 0, 0, "Mauritius Rupee"},
	{"MVR", 462, 2, 0, 0, 0, "Rufiyaa"},
	{"MWK", 454, 2, 0, 0, 0, "Malawi Kwacha"},
	{"MXN", 484, 2, 0, 0, 0, "Mexican Peso"},
	{"MXV", 979, 2, 0, 0, 0, "Mexican Unidad de Inversion (UDI)"},
	{"MYR", 458, 2, 5, 0, 0, "Malaysian Ringgit"},
	{"MZM", 508, 2, 0, 0, 20060601, "Mozambique Metical"},
	{"MZN", 943, 2, 0, 20060701, 0, "Mozambique Metical"},
	{"NAD", 516, 2, 0, 0, 0, "Namibia Dollar"},
	{"NGN", 566, 2, 0, 0, 0, "Naira"},
	{"NIO", 558, 2, 0, 0, 0, "Cordoba Oro"},
	{"NLG", 528, 2, 0, 0, 20020301, "Netherlands Guilder"},
	{"NOK", 578, 2, 100, 0, 0, "Norwegian Krone"},
	{"NPR", 524, 2, 0, 0, 0, "Nepalese Rupee"},
	{"NZD", 554, 2, 10, 0, 0, "New Zealand Dollar"},
	{"OMR", 512, 3, 0, 0, 0, "Rial Omani"},
	{"PAB", 590, 2, 0, 0, 0, "Balboa"},
	{"PEN", 604, 2, 0, 0, 0, "Sol"},
	{"PGK", 598, 2, 0, 0, 0, "Kina"},
	{"PHP", 608, 2, 0, 0, 0, "Philippine Peso"},
	{"PKR", 586, 2, 0, 0, 0, "Pakistan Rupee"},
	{"PLN", 985, 2, 0, 0, 0, "Zloty"},
	{"PTE", 620, 0, 0, 0, 20020301, "Portuguese Escudo"},
	{"PYG", 600, 0, 0, 0, 0, "Guarani"},
	{"QAR", 634, 2, 0, 0, 0, "Qatari Rial"},
	{"ROL", 642, 0, 0, 0, 20050601, "Old Leu"},
	{"RON", 946, 2, 0, 20050701, 0, "Romanian Leu"},
	{"RSD", 941, 2, 0, 0, 0, "Serbian Dinar"},
	{"RUB", 643, 2, 0, 0, 0, "Russian Ruble"},
	{"RUR", 810, 2, 0, 0, 20040101, "Russian Ruble"},
	{"RWF", 646, 0, 0, 0, 0, "Rwanda Franc"},
	{"SAR", 682, 2, 0, 0, 0, "Saudi Riyal"},
	{"SBD", 90, 2, 0, 0, 0, "Solomon Islands Dollar"},
	{"SCR", 690, 2, 0, 0, 0, "Seychelles Rupee"},
	{"SDD", 736, 2, 0, 0, 20070701, "Sudanese Dinar"},
	{"SDG", 938, 2, 0, 0, 0, "Sudanese Pound"},
	{"SEK", 752, 2, 100, 0, 0, "Swedish Krona"},
	{"SGD", 702, 2, 5, 0, 0, "Singapore Dollar"},
	{"SHP", 654, 2, 0, 0, 0, "Saint Helena Pound"},
	{"SIT", 705, 2, 0, 0, 20070101, "Tolar"},
	{"SKK", 703, 2, 0, 0, 20090101, "Slovak Koruna"},
	{"SLE", 925, 2, 0, 20220401, 0, "Leone"},
	{"SLL", 694, 2, 0, 0, 20240101, "Leone"},
	{"SOS", 706, 2, 0, 0, 0, "Somali Shilling"},
	{"SRD", 968, 2, 0, 0, 0, "Surinam Dollar"},
	{"SRG", 740, 2, 0, 0, 20040101, "Surinam Guilder"},
	{"SSP", 728, 2, 0, 20110718, 0, "South Sudanese Pound"},
	{"STD", 678, 2, 0, 0, 20180101, "Dobra"},
	{"STN", 930, 2, 0, 20180101, 0, "Dobra"},
	{"SVC", 222, 2, 0, 0, 0, "El Salvador Colon"},
	{"SYP", 760, 2, 0, 0, 0, "Syrian Pound"},
	{"SZL", 748, 2, 0, 0, 0, "Lilangeni"},
	{"THB", 764, 2, 0, 0, 0, "Baht"},
	{"TJS", 972, 2, 0, 0, 0, "Somoni"},
	{"TMM", 795, 2, 0, 0, 20090101, "Turkmenistan Manat"},
	{"TMT", 934, 2, 0, 20090101, 0, "Turkmenistan New Manat"},
	{"TND", 788, 3, 0, 0, 0, "Tunisian Dinar"},
	{"TOP", 776, 2, 0, 0, 0, "Pa'anga"},
	{"TPE", 626, 0, 0, 0, 20021101, "Timor Escudo"},
	{"TRL", 792, 0, 0, 0, 20060101, "Old Turkish Lira"},
	{"TRY", 949, 2, 0, 20050101, 0, "Turkish Lira"},
	{"TTD", 780, 2, 0, 0, 0, "Trinidad and Tobago Dollar"},
	{"TWD", 901, 2, 0, 0, 0, "New Taiwan Dollar"},
	{"TZS", 834, 2, 0, 0, 0, "Tanzanian Shilling"},
	{"UAH", 980, 2, 0, 0, 0, "Hryvnia"},
	{"UGX", 800, 0, 0, 0, 0, "Uganda Shilling"},
	{"USD", 840, 2, 0, 0, 0, "US Dollar"},
	{"USN", 997, 2, 0, 0, 0, "US Dollar (Next day)"},
	{"USS", 998, 2, 0, 0, 20140301, "US Dollar (Same day)"},
	{"UYI", 940, 0, 0, 0, 0, "Uruguay Peso en Unidades Indexadas (UI)"},
	{"UYU", 858, 2, 0, 0, 0, "Peso Uruguayo"},
	{"UYW", 927, 4, 0, 0, 0, "Unidad Previsional"},
	{"UZS", 860, 2, 0, 0, 0, "Uzbekistan Sum"},
	{"VEB", 862, 2, 0, 0, 20080101, "Bolivar"},
	{"VED", 926, 2, 0, 20211001, 0, "Bolivar Soberano"},
	{"VEF", 937, 2, 0, 0, 20180801, "Bolivar"},
	{"VES", 928, 2, 0, 20180820, 0, "Bolivar Soberano"},
	{"VND", 704, 0, 0, 0, 0, "Dong"},
	{"VUV", 548, 0, 0, 0, 0, "Vatu"},
	{"WST", 882, 2, 0, 0, 0, "Tala"},
	{"XAD", 396, 2, 0, 0, 0, "Arab Accounting Dinar"},
	{"XAF", 950, 0, 0, 0, 0, "CFA Franc BEAC"},
	{"XAG", 961, -1, 0, 0, 0, "Silver"},
	{"XAU", 959, -1, 0, 0, 0, "Gold"},
	{"XBA", 955, -1, 0, 0, 0, "Bond Markets Unit European Composite Unit (EURCO)"},
	{"XBB", 956, -1, 0, 0, 0, "Bond Markets Unit European Monetary Unit (E.M.U.-6)"},
	{"XBC", 957, -1, 0, 0, 0, "Bond Markets Unit European Unit of Account 9 (E.U.A.-9)"},
	{"XBD", 958, -1, 0, 0, 0, "Bond Markets Unit European Unit of Account 17 (E.U.A.-17)"},
	{"XCD", 951, 2, 0, 0, 0, "East Caribbean Dollar"},
	{"XCG", 532, 2, 0, 20250331, 0, "Caribbean Guilder"},
	{"XDR", 960, -1, 0, 0, 0, "SDR (Special Drawing Right)"},
	{"XOF", 952, 0, 0, 0, 0, "CFA Franc BCEAO"},
	{"XPD", 964, -1, 0, 0, 0, "Palladium"},
	{"XPF", 953, 0, 0, 0, 0, "CFP Franc"},
	{"XPT", 962, -1, 0, 0, 0, "Platinum"},
	{"XSU", 994, -1, 0, 0, 0, "Sucre"},
	{"XTS", 963, -1, 0, 0, 0, "Codes specifically reserved for testing purposes"},
	{"XUA", 965, -1, 0, 0, 0, "ADB Unit of Account"},
	{"XXX", 999, -1, 0, 0, 0, "The codes assigned for transactions where no currency is involved"},
	{"YER", 886, 2, 0, 0, 0, "Yemeni Rial"},
	{"YUM", 891, 2, 0, 0, 20030701, "New Dinar"},
	{"ZAR", 710, 2, 10, 0, 0, "Rand"},
	{"ZMK", 894, 2, 0, 0, 20130101, "Zambian Kwacha"},
	{"ZMW", 967, 2, 0, 20130101, 0, "Zambian Kwacha"},
	{"ZWD", 716, 2, 0, 0, 20080801, "Zimbabwe Dollar"},
	{"ZWG", 924, 2, 0, 20240405, 0, "Zimbabwe Gold"},
	{"ZWL", 932, 2, 0, 0, 20240901, "Zimbabwe Dollar"},
	{"ZWN", 942, 2, 0, 0, 20060901, "Zimbabwe Dollar (new)"},
	{"ZWR", 935, 2, 0, 0, 20090601, "Zimbabwe Dollar"},
};

#define CURRENCY_ROWS	(sizeof(currency_rows) / sizeof(currency_rows[0]))
#define LETTERS			26

_Static_assert(CURRENCY_ROWS - 1 <= CURRENCY_CODE_MAX, "amount has ten bits for the currency");

/* The number of currencies: codes run from 1 to this. */
CurrencyCode
currency_count(void)
{
	return (CurrencyCode) (CURRENCY_ROWS - 1);
}

/*
 * The row of a code; the "no currency" row for a code that is none, so that damaged data is shown and not followed.
 */
const CurrencyRow *
currency_row(CurrencyCode currency)
{
	return &currency_rows[currency < CURRENCY_ROWS ? currency : CURRENCY_NONE];
}

/* The position of three capital letters among all there are, or -1 if they are not that. */
static int
alpha_position(const char *alpha, size_t length)
{
	int			position = 0;

	if (length != CURRENCY_ALPHA_SIZE)
		return -1;
	for (int i = 0; i < CURRENCY_ALPHA_SIZE; i++)
	{
		if (alpha[i] < 'A' || alpha[i] > 'Z')
			return -1;
		position = position * LETTERS + (alpha[i] - 'A');
	}
	return position;
}

/* The code for three letters, CURRENCY_NONE if ISO 4217 has no such currency. */
CurrencyCode
currency_lookup(const char *alpha, size_t length)
{
	static CurrencyCode by_alpha[LETTERS * LETTERS * LETTERS];
	static bool filled = false;
	int			position = alpha_position(alpha, length);

	if (!filled)
	{
		for (size_t code = 1; code < CURRENCY_ROWS; code++)
			by_alpha[alpha_position(currency_rows[code].alpha, CURRENCY_ALPHA_SIZE)] = (CurrencyCode) code;
		filled = true;
	}
	return position < 0 ? CURRENCY_NONE : by_alpha[position];
}
