/* SPDX-License-Identifier: BSD-2-Clause */
/* INIT to an application processor with all four breakpoints armed, for execution of the very code
 * that it starts with (linear address 8000h): DR7 is reset, so none of them is hit.
 *
 * SDM Vol. 3, "Processor State After Reset", "Debug Control Register (DR7)". */
#include "case.h"
#include "cpu/smp.h"
#include "rounds.h"

#define ALL_LOCAL_AND_GLOBAL 0xffu

static void arm(void)
{
	write_dr0(TRAMPOLINE);
	write_dr1(TRAMPOLINE);
	write_dr2(TRAMPOLINE);
	write_dr3(TRAMPOLINE);
	write_dr7(DR7_INIT | ALL_LOCAL_AND_GLOBAL);
}

CASE(init_armed, KERNEL32 | KERNEL64, .cpus = 2)
{
	init_rounds(3, arm, "armed");
}
