/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over IN and OUT (port 80h): one #DB each, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "IN", "OUT". */
#include "case.h"

BODY_16(tf_in_out, R"(
	step
mark	in_imm
	in	$0x80, %al
mark	out_imm
	out	%al, $0x80
mark	load
	mov	$0x80, %dx
mark	in_dx
	in	%dx, %eax
mark	out_dx
	out	%al, %dx
mark	after
	nop
)");

CASE(tf_in_out, KERNEL32 | KERNEL64 | REAL16)
{
	RUN(tf_in_out);
}
