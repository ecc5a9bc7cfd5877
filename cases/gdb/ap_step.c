/* SPDX-License-Identifier: BSD-2-Clause */
/* INT3 and single-stepping on an application processor: the same traps as on the boot processor,
 * and on that processor.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Interrupt 3--Breakpoint Exception (#BP)". */
#include "case.h"
#include "cpu/smp.h"

#define AP 1

BODY(ap_step, R"(
mark	int3
	int3
mark	after
	step
mark	first
	nop
mark	second
	nop
)");

static void run(void)
{
	RUN(ap_step);
}

CASE(ap_step, PROTECTED_MODES, .cpus = 2)
{
	smp_run(AP, run);
}
