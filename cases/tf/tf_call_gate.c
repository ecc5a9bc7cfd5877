/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over a far CALL through a call gate to ring 0, and over the far RET back. Neither loads flags:
 * there is a #DB at the gate's target, in ring 0, and one after the CALL, with the flag that ring
 * 0 has set.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Accessing a Code Segment Through a Call Gate";
 * Vol. 2, "CALL", "RET". */
#include "case.h"
#include "cpu/segments.h"

BODY(tf_call_gate, R"(
	lea	-16(xSP), xSP
	movl	$0, (xSP)		# of the pointer only the selector counts
	movl	$SPARE, 4(xSP)
	step
mark	call
	lcalll	*(xSP)
mark	returned
	cld
mark	leave
	jmp	1f
mark	entry
	std
mark	ret
	lret_native
1:
mark	last
	nop
)");

CASE(tf_call_gate, KERNEL32 | USER32 | KERNEL64 | USER64)
{
	segments_set_call_gate(MARK(tf_call_gate, "entry"));
	RUN(tf_call_gate);
}
