/* SPDX-License-Identifier: BSD-2-Clause */
/* Far CALL and JMP under TF that a call gate refuses: it is not present, or not for ring 3; and in
 * ring 3 a JMP through a good one, which must not change rings. Each faults and is not trapped.
 *
 * SDM Vol. 3, "Accessing a Code Segment Through a Call Gate", "Single-Step Exception Condition";
 * Vol. 2, "CALL", "JMP". */
#include "case.h"
#include "cpu/segments.h"

/* A call gate's P and DPL, beside type 12. */
#define GATE(p_and_dpl) ((u64)KERNEL_CS << 16 | (0x0cull | (p_and_dpl) << 4) << 40)
#define NOT_PRESENT GATE(6ull)
#define KERNEL_ONLY GATE(8ull)

BODY(refused_gate, R"(
	lea	-16(xSP), xSP
	movl	$0, (xSP)
	movl	$SPARE, 4(xSP)
	step
mark	call
	lcalll	*(xSP)
mark	jmp
	ljmpl	*(xSP)
mark	last
	nop
)");

BODY(gate_inward, R"(
	lea	-16(xSP), xSP
	movl	$0, (xSP)
	movl	$SPARE, 4(xSP)
	step
mark	jmp
	ljmpl	*(xSP)
mark	after
	nop
)");

CASE(tf_fault_call_gate, PROTECTED_MODES)
{
	note("gate=not_present");
	segments_set_spare(NOT_PRESENT);
	RUN(refused_gate);
	note("gate=kernel");
	segments_set_spare(KERNEL_ONLY); /* for the RPL of SPARE too */
	RUN(refused_gate);
	if (!(fence_mode() & KERNEL_MODE)) {
		note("gate=inward");
		segments_set_call_gate(MARK(gate_inward, "after"));
		RUN(gate_inward);
	}
}
