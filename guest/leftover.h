/* SPDX-License-Identifier: BSD-2-Clause */
/* What a case may leave behind on the boot processor, and what puts it away. */
#ifndef GUEST_LEFTOVER_H
#define GUEST_LEFTOVER_H

#include "types.h"

/* LEFTOVER(STAGE, FUNCTION) has the fence call FUNCTION after each case. It registers itself in a
 * linker section, as CASE does, so that the fence knows none of those who do. The stages, in this
 * order: running     what still runs, or the next trap would run registers   the CPU's registers
 *   handlers    the IDT
 *   tables      the other tables that the CPU reads
 *   interrupts  those that are pending */
#define LEFTOVER(stage, function)                      \
	static void (*const leftover_##function)(void) \
		__attribute__((used, section(".leftovers." #stage))) = (function)

#endif
