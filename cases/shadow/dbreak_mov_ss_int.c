/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV SS from a watched operand, then INT3 or INT n: the #DB that was held back comes when the
 * software interrupt has been delivered, before the first instruction of its handler, in ring 0,
 * also where the two were executed in ring 3 (CVE-2018-8897). The handler logs its own trap after
 * it.
 *
 * SDM Vol. 3, "Masking Exceptions and Interrupts When Switching Stacks"; Vol. 2, "MOV". */
#include "case.h"

BODY_16(int3_behind, R"(
	mov	scratch, %ss
mark	int3
	int3
mark	after
	nop
)");

BODY_16(int_n_behind, R"(
	mov	scratch, %ss
mark	int_n
	int	$4
mark	after
	nop
)");

BODY_16(read_ss, R"(
	mov	%ss, scratch
)");

CASE(dbreak_mov_ss_int, PROTECTED_MODES | VM86)
{
	RUN(read_ss);
	breakpoint_set(0, SCRATCH, BREAK_ACCESS, 1);
	note("behind=int3");
	RUN(int3_behind);
	note("behind=int_n");
	RUN(int_n_behind);
}
