/* SPDX-License-Identifier: BSD-2-Clause */
/* A row of instructions, for debuggers that have a breakpoint on each: more than a processor has
 * debug registers for.
 *
 * SDM Vol. 3, "Interrupt 3--Breakpoint Exception (#BP)". */
#include "case.h"

BODY(break_many, R"(
	mov	$100, %ebx
mark	inc_1
	inc	%ebx
mark	inc_2
	inc	%ebx
mark	inc_3
	inc	%ebx
mark	inc_4
	inc	%ebx
mark	inc_5
	inc	%ebx
mark	inc_6
	inc	%ebx
mark	inc_7
	inc	%ebx
mark	inc_8
	inc	%ebx
mark	inc_9
	inc	%ebx
mark	inc_10
	inc	%ebx
mark	inc_11
	inc	%ebx
mark	inc_12
	inc	%ebx
mark	inc_13
	inc	%ebx
mark	inc_14
	inc	%ebx
mark	inc_15
	inc	%ebx
mark	inc_16
	inc	%ebx
mark	inc_17
	inc	%ebx
mark	inc_18
	inc	%ebx
mark	inc_19
	inc	%ebx
mark	inc_20
	inc	%ebx
mark	after
	nop
)");

CASE(break_many, PROTECTED_MODES)
{
	struct registers left = RUN(break_many);

	note("bx=%u", (u32)left.bx);
}
