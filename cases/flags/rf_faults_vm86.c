/* SPDX-License-Identifier: BSD-2-Clause */
/* RF in the image that a fault in virtual-8086 mode saves: set, as in protected mode. #UD, #DE, #NM
 * and #GP.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition" (the RF flag). */
#include "case.h"

#define CR0_TS (1ul << 3)

BODY_16(rf_faults_vm86, R"(
mark	ud2
	ud2
mark	div
	div	%cl
mark	fnop
	fnop
mark	hlt
	hlt
mark	after
	nop
)");

CASE(rf_faults_vm86, VM86)
{
	write_cr0(read_cr0() | CR0_TS);
	RUN(rf_faults_vm86);
}
