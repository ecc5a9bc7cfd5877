/* SPDX-License-Identifier: BSD-2-Clause */
/* A far CALL through a call gate and the far RET back, both executed under RF, as each has a
 * breakpoint too: RF is for that one instruction, so the breakpoint where it leads is met.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition" (the RF flag); Vol. 2, "CALL", "RET". */
#include "case.h"
#include "cpu/segments.h"

BODY(ibreak_call_gate_rf, R"(
	lea	-16(xSP), xSP
	movl	$0, (xSP)		# of the pointer only the selector counts
	movl	$SPARE, 4(xSP)
mark	call
	lcalll	*(xSP)
mark	returned
	nop
mark	leave
	jmp	1f
mark	entry
	nop
mark	ret
	lret_native
1:
)");

CASE(ibreak_call_gate_rf, KERNEL32 | USER32 | KERNEL64 | USER64)
{
	static const char *const marks[] = {"call", "entry", "ret", "returned"};

	segments_set_call_gate(MARK(ibreak_call_gate_rf, "entry"));
	for (u32 i = 0; i < ARRAY_SIZE(marks); i++)
		breakpoint_set(i, MARK(ibreak_call_gate_rf, marks[i]), BREAK_EXECUTE, 1);
	RUN(ibreak_call_gate_rf);
}
