/* SPDX-License-Identifier: BSD-2-Clause */
/* Traps and faults that a debugger steps into: their images have the guest's own TF, clear first
 * and then set, and nothing traps but what traps without it.
 *
 * SDM Vol. 2, "INT n/INTO/INT3/INT1"; Vol. 3, "Single-Step Exception Condition", "Exception
 * Classifications". The NOP after each fault is for the RF of its image, under which a debugger's
 * hardware breakpoint does not stop. */
#include "case.h"

BODY(stepi_traps, R"(
	mov	$UNMAPPED, %edx
mark	int3
	int3
mark	int_n
	.byte	0xcd, 4
mark	icebp
	.byte	0xf1		# INT1, which older assemblers do not know
mark	ud2
	ud2
mark	behind_ud2
	nop
mark	div
	div	%cl
mark	behind_div
	nop
mark	read
	mov	(xDX), %bl
mark	behind_read
	nop
mark	tf
	step
mark	tf_int3
	int3
mark	tf_int_n
	.byte	0xcd, 4
mark	tf_icebp
	.byte	0xf1
mark	tf_ud2
	ud2
mark	tf_behind_ud2
	nop
mark	tf_div
	div	%cl
mark	tf_behind_div
	nop
mark	tf_read
	mov	(xDX), %bl
mark	after
	nop
)");

CASE(stepi_traps, PROTECTED_MODES)
{
	RUN(stepi_traps);
}
