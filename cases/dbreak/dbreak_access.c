/* SPDX-License-Identifier: BSD-2-Clause */
/* A data breakpoint on reads and writes reports both, one #DB for each instruction.
 *
 * SDM Vol. 3, "Debug Control Register (DR7)" and "Data Memory and I/O Breakpoint Exception
 * Conditions". */
#include "case.h"

BODY_16(dbreak_access, R"(
mark	read
	mov	scratch, %al
mark	write
	mov	%al, scratch
mark	after
	nop
)");

CASE(dbreak_access, PROTECTED_MODES | SEGMENT_MODES)
{
	breakpoint_set(0, SCRATCH, BREAK_ACCESS, 1);
	RUN(dbreak_access);
}
