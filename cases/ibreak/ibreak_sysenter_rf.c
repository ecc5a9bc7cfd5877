/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSENTER and SYSEXIT executed under RF, as each has a breakpoint too: RF is for that one
 * instruction, so the breakpoint where it leads is met.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition" (the RF flag); Vol. 2, "SYSENTER",
 * "SYSEXIT". */
#include "case.h"
#include "cpu/segments.h"

/* In the 32-bit image alone: AMD's processors have no SYSENTER in long mode. */
#ifndef __x86_64__
/* In the body: where SYSENTER leads. */
extern const char ibreak_sysenter_rf_entry[];

static u8 stack[4096] __attribute__((aligned(16)));

BODY(ibreak_sysenter_rf, R"(
	mov	$1f, %edx
	mov	%esp, %ecx
mark	sysenter
	sysenter
1:
mark	returned
	nop
mark	leave
	jmp	2f
ibreak_sysenter_rf_entry:
mark	entry
	nop
mark	sysexit
	sysexit
2:
)");

CASE(ibreak_sysenter_rf, USER32)
{
	if (!has_sysenter()) {
		log_line("needs sep=1");
		return;
	}
	segments_aim_sysenter(ibreak_sysenter_rf_entry, stack + sizeof(stack));
	breakpoint_set(0, MARK(ibreak_sysenter_rf, "sysenter"), BREAK_EXECUTE, 1);
	breakpoint_set(1, MARK(ibreak_sysenter_rf, "entry"), BREAK_EXECUTE, 1);
	breakpoint_set(2, MARK(ibreak_sysenter_rf, "sysexit"), BREAK_EXECUTE, 1);
	breakpoint_set(3, MARK(ibreak_sysenter_rf, "returned"), BREAK_EXECUTE, 1);
	RUN(ibreak_sysenter_rf);
}
#endif
