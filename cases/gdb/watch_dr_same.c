/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that the guest watches by a debug register, and a debugger too: one write, the guest's #DB
 * after it.
 *
 * SDM Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions". */
#include "case.h"

BODY(watch_dr_same, R"(
	nop
mark	before
	nop
mark	write
	movl	$1, scratch
mark	after
	nop
)");

CASE(watch_dr_same, PROTECTED_MODES)
{
	*(volatile u32 *)SCRATCH = 0;
	breakpoint_set(0, SCRATCH, BREAK_WRITE, 4);
	RUN(watch_dr_same);
}
