/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over MOV from and to CR0, CR3 and CR4 (each is given back the value it has): one #DB each, at
 * the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "MOV--Move to/from Control Registers". */
#include "case.h"

BODY(tf_mov_cr, R"(
	step
mark	from_cr0
	mov	%cr0, xAX
mark	to_cr0
	mov	xAX, %cr0
mark	from_cr3
	mov	%cr3, xAX
mark	to_cr3
	mov	xAX, %cr3
mark	from_cr4
	mov	%cr4, xAX
mark	to_cr4
	mov	xAX, %cr4
mark	after
	nop
)");

CASE(tf_mov_cr, KERNEL32 | KERNEL64)
{
	RUN(tf_mov_cr);
}
