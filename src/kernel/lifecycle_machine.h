/*
 * lifecycle_machine.h
 *		The rows of the view marketplace.lifecycle, as this backend holds them. Used by the lifecycle files only.
 */
#ifndef MARKETPLACE_LIFECYCLE_MACHINE_H
#define MARKETPLACE_LIFECYCLE_MACHINE_H

#include "postgres.h"

typedef struct LifecycleTransition
{
	const char *from;			/* NULL: creation */
	const char *event;
	const char *to;
	int			capacities;		/* CAPACITY_ bits; 0: whoever may write the row */
} LifecycleTransition;

typedef struct LifecycleMachine
{
	char		name[NAMEDATALEN];	/* hash key */
	int			ntransitions;
	const LifecycleTransition *transitions; /* creations first, then by from, event, to */
} LifecycleMachine;

/* An unknown name is an MK031 error. What is returned stays until the next statement that runs. */
extern const LifecycleMachine *lifecycle_machine(const char *name);

/* 'seller' for CAPACITY_SELLER; a list 'operator, seller' for several bits. */
extern char *lifecycle_capacity_names(int capacities);

#endif
