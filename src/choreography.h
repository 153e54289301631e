/*
 * choreography.h
 *		The one page that knows several areas; see choreography.c.
 */
#ifndef MARKETPLACE_CHOREOGRAPHY_H
#define MARKETPLACE_CHOREOGRAPHY_H

extern void choreography_init(void);

#endif
