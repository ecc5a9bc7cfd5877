/* SPDX-License-Identifier: BSD-2-Clause */
/* A data breakpoint on the operand of MOV SS or POP SS is held back until the next instruction is
 * through: the #DB comes after it.
 *
 * SDM Vol. 3, "Masking Exceptions and Interrupts When Switching Stacks"; Vol. 2, "MOV". */
#include "case.h"

BODY_16(dbreak_mov_ss, R"(
	mov	%ss, scratch
mark	mov_ss
	mov	scratch, %ss
mark	first
	nop
mark	second
	nop
)");

CASE(dbreak_mov_ss, PROTECTED_MODES | SEGMENT_MODES)
{
	breakpoint_set(0, SCRATCH, BREAK_ACCESS, 1);
	RUN(dbreak_mov_ss);
}
