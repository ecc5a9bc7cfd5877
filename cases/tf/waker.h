/* SPDX-License-Identifier: BSD-2-Clause */
/* What the cases about HLT under TF share: a CPU that halts, and another that wakes it if nothing
 * else does. */
#ifndef TF_WAKER_H
#define TF_WAKER_H

#include "types.h"

/* CPU 1 runs HALT, a body with a HLT in it, for which a #DB at BEHIND or later has to come. Another
 * CPU sends it an NMI, again and again, until there is one, and notes whether an NMI had to end the
 * halt. It logs no NMI, for where one hits a CPU that does not halt depends on time. */
void waker_watch(void (*halt)(void), word behind);

/* Set by the body when it begins. */
extern volatile u32 waker_ready;

#endif
