/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupt vector table at linear address 0: that of real-address mode, and of an 8086 program
 * in virtual-8086 mode (SDM Vol. 3, "Interrupt and Exception Handling" in "8086 Emulation"). */
#ifndef GUEST_CPU_IVT_H
#define GUEST_CPU_IVT_H

#include "types.h"

#define IVT_VECTORS 256u

/* Sends a vector to SEGMENT:OFFSET, until the end of the case. */
void ivt_set(u32 vector, u16 segment, u16 offset);

#endif
