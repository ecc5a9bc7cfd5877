/* SPDX-License-Identifier: BSD-2-Clause */
/* An SMI that an OUT raises, with breakpoints on the first instruction of SMM's code, where
 * firmware has it and where it is at reset: SMM begins with nothing enabled in DR7, which RSM puts
 * back. Where the chipset raises no SMI, the same.
 *
 * SDM Vol. 3, "SMRAM State Save Map", "SMM Handler Execution Environment"; Intel I/O Controller Hub
 * 9 Datasheet, "APM_CNT--Advanced Power Management Control Port Register". */
#include "case.h"

#define ENTRY 0x8000 /* from SMBASE */
#define SMBASE_AT_RESET 0x30000
#define SMBASE_OF_FIRMWARE 0xa0000

BODY(ibreak_smi, R"(
	out	%al, $0xb2
	nop
)");

CASE(ibreak_smi, KERNEL32 | KERNEL64)
{
	breakpoint_set(0, SMBASE_AT_RESET + ENTRY, BREAK_EXECUTE, 1);
	breakpoint_set(1, SMBASE_OF_FIRMWARE + ENTRY, BREAK_EXECUTE, 1);
	RUN(ibreak_smi);
	note("dr0=%x dr1=%x dr6=%x dr7=%x", read_dr0(), read_dr1(), read_dr6(), read_dr7());
}
