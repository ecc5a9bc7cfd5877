/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV SS from a watched operand, then SYSENTER: the #DB that was held back comes when SYSENTER has
 * been executed, before the first instruction of the handler that it leads to, in ring 0 and on
 * that handler's stack.
 *
 * SDM Vol. 3, "Masking Exceptions and Interrupts When Switching Stacks"; Vol. 2, "MOV", "SYSENTER".
 */
#include "case.h"
#include "cpu/segments.h"

/* In the 32-bit image alone: AMD's processors have no SYSENTER in long mode. */
#ifndef __x86_64__
/* In the body: where SYSENTER leads. */
extern const char dbreak_mov_ss_sysenter_entry[];

static u8 stack[4096] __attribute__((aligned(16)));

BODY(dbreak_mov_ss_sysenter, R"(
	mov	$1f, %edx
	mov	%esp, %ecx
	mov	scratch, %ss
mark	sysenter
	sysenter
1:
mark	returned
	nop
mark	leave
	jmp	2f
dbreak_mov_ss_sysenter_entry:
mark	entry
	sysexit
2:
)");

BODY(sysenter_save_ss, R"(
	mov	%ss, scratch
)");

CASE(dbreak_mov_ss_sysenter, USER32)
{
	if (!has_sysenter()) {
		log_line("needs sep=1");
		return;
	}
	RUN(sysenter_save_ss);
	segments_aim_sysenter(dbreak_mov_ss_sysenter_entry, stack + sizeof(stack));
	breakpoint_set(0, SCRATCH, BREAK_ACCESS, 1);
	RUN(dbreak_mov_ss_sysenter);
}
#endif
