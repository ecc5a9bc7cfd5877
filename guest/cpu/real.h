/* SPDX-License-Identifier: BSD-2-Clause */
/* Real-address mode, from the 32-bit image: a body runs there, and its traps come through the
 * interrupt vector table at address 0 and back to trap(). */
#ifndef GUEST_CPU_REAL_H
#define GUEST_CPU_REAL_H

#include "types.h"

/* Where the stubs that the vector table points to run: SEGMENT:0 on. guest/cpu/real.asm has it too.
 */
#define REAL_STUBS_SEGMENT 0x2000u

/* Copies the stubs and takes over the vector table until the end of the case. */
void real_begin(void);

#endif
