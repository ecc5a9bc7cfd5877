/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over a far CALL from compatibility mode through a call gate to 64-bit code in ring 0, and over
 * the far RET back: a #DB at the gate's target, and one after the CALL, with the flag that ring 0
 * has set.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "IA-32e Mode Call Gates"; Vol. 2, "CALL", "RET".
 */
#include "case.h"
#include "cpu/segments.h"

#ifdef __x86_64__
BODY(tf_call_gate_compat, R"(
	.if width == 32
	step
mark	call
	lcall	$SPARE, $0
mark	returned
	cld
mark	leave
	jmp	1f
	.code64
mark	entry
	std
mark	ret
	lretq
	.code32
1:
mark	last
	nop
	.endif
)");

CASE(tf_call_gate_compat, COMPAT32)
{
	segments_set_call_gate(MARK(tf_call_gate_compat, "entry"));
	RUN(tf_call_gate_compat);
}
#endif
