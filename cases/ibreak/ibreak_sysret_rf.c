/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSRET with RF in R11: unlike IRET it clears RF, so the breakpoint where it leads is met, as is
 * the one where SYSCALL leads.
 *
 * SDM Vol. 2, "SYSRET"; Vol. 3, "Instruction-Breakpoint Exception Condition" (the RF flag). */
#include "case.h"
#include "cpu/segments.h"

#ifdef __x86_64__
/* In the body: where SYSCALL leads. */
extern const char ibreak_sysret_rf_entry[];

BODY(ibreak_sysret_rf, R"(
	.if width == 64
mark	syscall
	syscall
mark	returned
	nop
mark	leave
	jmp	1f
ibreak_sysret_rf_entry:
mark	entry
	mov	$0x10002, %r11d
mark	sysret
	sysretq
1:
	.endif
)");

CASE(ibreak_sysret_rf, USER64)
{
	segments_aim_syscall(ibreak_sysret_rf_entry, 0);
	breakpoint_set(0, MARK(ibreak_sysret_rf, "entry"), BREAK_EXECUTE, 1);
	breakpoint_set(1, MARK(ibreak_sysret_rf, "returned"), BREAK_EXECUTE, 1);
	RUN(ibreak_sysret_rf);
}
#endif
