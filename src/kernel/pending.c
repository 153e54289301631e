/* Weak stand-ins while the parts of the kernel land one by one; removed when the last has. */
#include "postgres.h"

#include "kernel/epoch.h"
#include "kernel/kernel.h"
#include "kernel/ledger.h"
#include "kernel/registry.h"


__attribute__((weak)) int64
epoch_xact(void)
{
	elog(ERROR, "epoch.c has not landed");
}

__attribute__((weak)) int64
epoch_horizon(void)
{
	elog(ERROR, "epoch.c has not landed");
}

__attribute__((weak)) void
ledger_flush(Call *call)
{
	if (call->posting != NULL)
		elog(ERROR, "ledger.c has not landed");
}

__attribute__((weak)) void
registry_create_union(const char *view, const char *prefix, const char *columns, const char *extra_table,
					  const char *comment)
{
}
