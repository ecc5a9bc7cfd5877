/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV SS from a watched operand, then INTO: as with INT3 and INT n (dbreak_mov_ss_int), the #DB
 * that was held back comes before the first instruction of the handler of #OF. Where OF is clear,
 * INTO is an instruction like any other, and the #DB comes after it.
 *
 * SDM Vol. 3, "Masking Exceptions and Interrupts When Switching Stacks"; Vol. 2, "MOV", "INT
 * n/INTO/INT3/INT1". */
#include "case.h"

BODY_16(store_ss, R"(
	mov	%ss, scratch
)");

BODY_16(dbreak_mov_ss_into, R"(
	mov	scratch, %ss
mark	clear
	.byte	0xce		# refused by the assembler for 64-bit code
mark	between
	set_of
	mov	scratch, %ss
mark	set
	.byte	0xce
mark	after
	nop
)");

CASE(dbreak_mov_ss_into, KERNEL32 | USER32 | COMPAT32 | VM86)
{
	RUN(store_ss);
	breakpoint_set(0, SCRATCH, BREAK_ACCESS, 1);
	RUN(dbreak_mov_ss_into);
}
