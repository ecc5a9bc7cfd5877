/* SPDX-License-Identifier: BSD-2-Clause */
/* Exceptions and interrupts that are no #DB leave DR6 as it is: here as it was left on purpose.
 *
 * SDM Vol. 3, "Debug Status Register (DR6)"; Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"

BODY_16(dr6_untouched, R"(
mark	int3
	int3
mark	int_4
	int	$4
mark	after
	nop
)");

#define LEFT (DR6_INIT | DR6_BT | DR6_BS | DR6_BD | 15)

static bool leave_set(struct trap_frame *frame)
{
	(void)frame;
	write_dr6(LEFT);
	return false;
}

CASE(dr6_untouched, PROTECTED_MODES | SEGMENT_MODES)
{
	traps_set_hook(leave_set);
	write_dr6(LEFT);
	RUN(dr6_untouched);
}
