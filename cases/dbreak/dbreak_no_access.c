/* SPDX-License-Identifier: BSD-2-Clause */
/* An operand in memory that is not accessed is not reported: LEA, NOP with an operand, a
 * conditional jump around the access. The read at the end is.
 *
 * SDM Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions"; Vol. 2, "LEA", "NOP". */
#include "case.h"

BODY_16(dbreak_no_access, R"(
	lea	scratch, xAX
mark	lea
	nopl	scratch
mark	nop
	jmp	1f
	mov	scratch, %al
1:
mark	read
	mov	scratch, %al
mark	after
	nop
)");

CASE(dbreak_no_access, PROTECTED_MODES | SEGMENT_MODES)
{
	breakpoint_set(0, SCRATCH, BREAK_ACCESS, 1);
	RUN(dbreak_no_access);
}
