/* SPDX-License-Identifier: BSD-2-Clause */
/* A data breakpoint, armed over an SMI that an OUT raises: SMM has DR7 with nothing enabled, RSM
 * puts DR6 and DR7 back, so that the breakpoint is met by the program alone, and DR6 keeps what was
 * in it. Where the chipset raises no SMI, the same.
 *
 * SDM Vol. 3, "SMRAM State Save Map", "Debug Status Register (DR6)"; Intel I/O Controller Hub 9
 * Datasheet, "APM_CNT--Advanced Power Management Control Port Register". */
#include "case.h"

BODY(dbreak_smi, R"(
	out	%al, $0xb2
mark	write
	mov	%al, scratch
mark	after
	nop
)");

CASE(dbreak_smi, KERNEL32 | KERNEL64)
{
	breakpoint_set(2, SCRATCH, BREAK_WRITE, 1);
	write_dr6(DR6_INIT | DR6_BS);
	RUN(dbreak_smi);
	note("dr2=%x", read_dr2());
}
