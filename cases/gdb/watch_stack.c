/* SPDX-License-Identifier: BSD-2-Clause */
/* INT3 in the kernel pushes its frame over a slot of the stack that was written before, which a
 * debugger watches: the delivery is one, the frame is whole.
 *
 * SDM Vol. 3, "Interrupt 3--Breakpoint Exception (#BP)"; "Stack Switching" (none here); Vol. 2,
 * "INT n/INTO/INT3/INT1". */
#include "case.h"

BODY(watch_stack, R"(
	push	$0
	push	$0
	push	$0
	push	$0
	push	$0
	push	$0
	lea	6 * width / 8(xSP), xSP
mark	before
	nop
mark	int3
	int3
mark	after
	movzwl	-8(xSP), %eax
)");

CASE(watch_stack, KERNEL32 | KERNEL64)
{
	struct registers left = RUN(watch_stack);

	note("slot=%h", (u32)left.ax);
}
