/* SPDX-License-Identifier: BSD-2-Clause */
/* A breakpoint on the first instruction of a handler, to which a fault leads that sets RF in its
 * image, the same in the shadow of MOV SS, and an INT3 that is executed under RF: the handler
 * begins with RF clear and without a shadow, so each breakpoint is met.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition" (the RF flag); "Masking Exceptions and
 * Interrupts When Switching Stacks". */
#include "case.h"

BODY(ibreak_handler, R"(
	mov	%ss, %eax
mark	ud2
	ud2
mark	after_ud2
	nop
mark	mov_ss
	mov	%eax, %ss
mark	divide
	div	%dl
mark	after_divide
	nop
mark	int3
	int3
mark	after_int3
	jmp	1f
mark	handler_fault
	nop
	jmp	2f
mark	handler_divide
	nop
2:
mark	skip
	.if width == 64
	addq	$2, (xSP)
	.else
	addl	$2, (xSP)
	.endif
mark	iret_fault
	iret_native
mark	handler_trap
	nop
mark	iret_trap
	iret_native
1:
)");

CASE(ibreak_handler, KERNEL32 | USER32 | KERNEL64 | USER64)
{
	static const char *const marks[] = {"handler_fault", "handler_divide", "int3",
					    "handler_trap"};

	idt_set_handler(VECTOR_UD, (const void *)MARK(ibreak_handler, "handler_fault"));
	idt_set_handler(VECTOR_DE, (const void *)MARK(ibreak_handler, "handler_divide"));
	idt_set_handler(VECTOR_BP, (const void *)MARK(ibreak_handler, "handler_trap"));
	for (u32 i = 0; i < ARRAY_SIZE(marks); i++)
		breakpoint_set(i, MARK(ibreak_handler, marks[i]), BREAK_EXECUTE, 1);
	RUN(ibreak_handler);
}
