/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over MOV from and to debug registers: one #DB each, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "MOV--Move to/from Debug Registers". */
#include "case.h"

BODY(tf_mov_dr, R"(
	step
mark	from_dr7
	mov	%dr7, xAX
mark	to_dr7
	mov	xAX, %dr7
mark	from_dr0
	mov	%dr0, xAX
mark	to_dr0
	mov	xAX, %dr0
mark	after
	nop
)");

CASE(tf_mov_dr, KERNEL32 | KERNEL64)
{
	RUN(tf_mov_dr);
}
