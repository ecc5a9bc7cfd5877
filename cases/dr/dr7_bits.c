/* SPDX-License-Identifier: BSD-2-Clause */
/* DR7's fixed bits: 10 is read as 1, 12, 14, 15 as 0, whatever is written. All others keep what is
 * written to them; GD is left out, for the reading would be a #DB, and bit 11, which is RTM on some
 * CPUs and can be written on others too.
 *
 * SDM Vol. 3, "Debug Control Register (DR7)". */
#include "case.h"

#define DR7_RTM (1ul << 11)

CASE(dr7_bits, KERNEL32 | KERNEL64)
{
	for (u32 number = 0; number < 4; number++)
		breakpoint_set_address(number, SCRATCH);
	write_dr7(0);
	note("zeros=%x", read_dr7());
	write_dr7(0xffffffff & ~DR7_GD);
	note("ones=%x", read_dr7() & ~DR7_RTM);
}
