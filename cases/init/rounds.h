/* SPDX-License-Identifier: BSD-2-Clause */
/* What the cases about INIT share: an AP at work is sent INIT and SIPI again and again. */
#ifndef INIT_ROUNDS_H
#define INIT_ROUNDS_H

#include "types.h"

/* Starts CPU 1 so many times, each time while it runs BUSY from the time before, which DOING names.
 * Notes the state that it starts from, once if it is always the same. */
void init_rounds(u32 rounds, void (*busy)(void), const char *doing);

/* The same, with each INIT sent only when BUSY, or what it led to, has set *THERE. */
void init_rounds_there(u32 rounds, void (*busy)(void), volatile bool *there, const char *doing);

#endif
