/*
 * asaninit.c
 *		Preloaded before libasan into a PostgreSQL that was not built with it. A plain preload hangs at start: the first
 *		allocation comes from inside the initialisation of another library. This one is linked with -z initfirst and
 *		allocates once while nothing else runs. Used by asan.sh only; no part of the extension.
 */
#include <stdlib.h>

__attribute__((constructor)) static void
allocate_first(void)
{
	free(malloc(1));
}
