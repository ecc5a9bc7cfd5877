/* SPDX-License-Identifier: BSD-2-Clause */
/* Every #DB clears DR7.GD on the way into its handler, not only the one that GD asked for: here
 * that of a data breakpoint. Where it is left set, the handler's first read of DR6 is a #DB of its
 * own. In ring 0 that one's stack would depend on the compiler.
 *
 * SDM Vol. 3, "Debug Control Register (DR7)" (GD). */
#include "case.h"

BODY_16(gd_cleared, R"(
mark	write
	mov	%al, scratch
mark	after
	nop
)");

CASE(gd_cleared, USER32 | USER64 | COMPAT32 | VM86)
{
	breakpoint_set(0, SCRATCH, BREAK_WRITE, 1);
	write_dr7(read_dr7() | DR7_GD);
	RUN(gd_cleared);
}
