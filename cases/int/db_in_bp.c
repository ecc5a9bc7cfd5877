/* SPDX-License-Identifier: BSD-2-Clause */
/* The handler of #BP, itself stepped and with a data breakpoint in it: each #DB is taken there, and
 * the one after the handler's IRET at the place where INT3 was left, TF as the image of #BP had
 * it.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Interrupt 3--Breakpoint Exception (#BP)". */
#include "case.h"

BODY(db_in_bp, R"(
	jmp	1f
mark	handler
	mov	%al, scratch
mark	written
	step
mark	stepped
	nop
mark	iret
	iret_native
1:
mark	int3
	int3
mark	after
	nop
)");

CASE(db_in_bp, KERNEL32 | KERNEL64)
{
	breakpoint_set(0, SCRATCH, BREAK_WRITE, 1);
	idt_set_handler(VECTOR_BP, (const void *)MARK(db_in_bp, "handler"));
	RUN(db_in_bp);
}
