/* SPDX-License-Identifier: BSD-2-Clause */
/* A data breakpoint that is armed on one processor, while another makes the same accesses.
 *
 * SDM Vol. 3, "State of the Logical Processors", "Debug Registers". */
#include "case.h"
#include "each_cpu.h"

BODY(dr_each_cpu_data, R"(
	mov	%al, scratch
mark	written
	mov	scratch, %al
mark	read
	nop
)");

/* On the boot processor 0, for writes, on the other one 1, for reads too. */
static void arm(u32 number)
{
	breakpoint_set(number, SCRATCH, number ? BREAK_ACCESS : BREAK_WRITE, 1);
}

static void run(void)
{
	RUN(dr_each_cpu_data);
}

CASE(dr_each_cpu_data, PROTECTED_MODES, .cpus = 2)
{
	each_cpu(arm, run);
}
