/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest reads instructions of its own, as its own loader, debugger or checksum does, from the
 * body and from the kernel: they are as they were assembled, whoever has a breakpoint on them.
 *
 * SDM Vol. 3, "Interrupt 3--Breakpoint Exception (#BP)" (a debugger replaces the first byte by
 * INT3). */
#include "case.h"

BODY(break_reads, R"(
	mov	$1f, xSI
mark	read
	mov	(xSI), %ebx
	nop
mark	target
1:
	mov	$0x11223344, %ecx
mark	again
	mov	(xSI), %edx
mark	after
	nop
)");

CASE(break_reads, PROTECTED_MODES)
{
	const volatile u32 *target = (const volatile u32 *)MARK(break_reads, "target");
	u32 before = *target;
	struct registers left = RUN(break_reads);

	note("kernel_before=%x", (word)before);
	note("body_before=%x", left.bx);
	note("executed=%x", left.cx);
	note("body_after=%x", left.dx);
	note("kernel_after=%x", (word)*target);
}
