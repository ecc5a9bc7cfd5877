/* SPDX-License-Identifier: BSD-2-Clause */
/* RF in the image that a fault saves: set, whatever the fault, so that the instruction, when it is
 * tried again, does not meet its breakpoint again. #UD, #DE, #NM, #GP, and #PF for a read and a
 * write.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition" (the RF flag). */
#include "case.h"

#define CR0_TS (1ul << 3)

BODY(rf_faults, R"(
mark	ud2
	ud2
mark	div
	div	%cl
mark	fnop
	fnop
mark	load
	mov	$0xfff0, %eax
mark	mov_ds
	mov	%eax, %ds
mark	address
	mov	$UNMAPPED, %eax
mark	read
	mov	(xAX), %bl
mark	write
	mov	%bl, (xAX)
mark	after
	nop
)");

CASE(rf_faults, PROTECTED_MODES)
{
	write_cr0(read_cr0() | CR0_TS);
	RUN(rf_faults);
}
