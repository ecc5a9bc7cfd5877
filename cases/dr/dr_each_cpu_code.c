/* SPDX-License-Identifier: BSD-2-Clause */
/* An instruction breakpoint that is armed on one processor, while another executes the same
 * instructions.
 *
 * SDM Vol. 3, "State of the Logical Processors", "Debug Registers". */
#include "case.h"
#include "each_cpu.h"

BODY(dr_each_cpu_code, R"(
mark	first
	nop
mark	second
	nop
)");

/* On the boot processor 0, at the first instruction, on the other one 1, at the second. */
static void arm(u32 number)
{
	breakpoint_set(number, MARK(dr_each_cpu_code, number ? "second" : "first"), BREAK_EXECUTE,
		       1);
}

static void run(void)
{
	RUN(dr_each_cpu_code);
}

CASE(dr_each_cpu_code, PROTECTED_MODES, .cpus = 2)
{
	each_cpu(arm, run);
}
