/* SPDX-License-Identifier: BSD-2-Clause */
/* An OUT to the port by which firmware is called in system-management mode: one instruction, behind
 * which the program goes on with its registers, whatever the firmware did meanwhile. Where the
 * chipset raises no SMI, or has no such port, nothing happens at all.
 *
 * SDM Vol. 3, "System Management Mode Overview", "Returning from SMM"; Intel I/O Controller Hub 9
 * Datasheet, "APM_CNT--Advanced Power Management Control Port Register": port B2h. */
#include "case.h"

/* AL is 0, a command that asks the firmware for nothing. */
BODY(stepi_smi, R"(
	nop
mark	out
	out	%al, $0xb2
mark	after
	lea	1(xAX), xAX
mark	second
	lea	1(xAX), xAX
mark	last
	nop
)");

CASE(stepi_smi, KERNEL32 | KERNEL64)
{
	struct registers left = RUN(stepi_smi);

	note("ax=%u", (u32)left.ax);
}
