/* SPDX-License-Identifier: BSD-2-Clause */
/* Real-address mode, from the 32-bit image: a body runs there, and its traps come through the
 * interrupt vector table at address 0 and back to trap(). */
#ifndef GUEST_CPU_REAL_H
#define GUEST_CPU_REAL_H

/* Copies the stubs and takes over the vector table until the end of the case. */
void real_begin(void);

#endif
