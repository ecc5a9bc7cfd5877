/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that is written, then read: for debuggers that watch reads, or both. The first value is a
 * new one, for a debugger may tell reads from writes by what has changed.
 *
 * SDM Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions". */
#include "case.h"

BODY(rwatch_awatch, R"(
	nop
mark	write
	movl	$1, scratch
	nop
mark	read
	mov	scratch, %eax
mark	both_write
	movl	$2, scratch + 4
mark	both_read
	mov	scratch + 4, %ebx
mark	read_modify_write
	incl	scratch + 4
mark	beside
	movl	$3, scratch + 8
	nop
mark	after
	nop
)");

CASE(rwatch_awatch, PROTECTED_MODES)
{
	struct registers left;

	*(volatile u32 *)SCRATCH = 0;
	left = RUN(rwatch_awatch);
	note("ax=%x", left.ax);
	note("bx=%x", left.bx);
	note("written=%u", *(volatile u32 *)(SCRATCH + 4));
}
