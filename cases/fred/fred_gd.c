/* SPDX-License-Identifier: BSD-2-Clause */
/* DR7.GD under FRED: the #DB before the MOV has BD in its event data, as in DR6.
 *
 * SDM Vol. 3, "FRED Event Delivery", "General-Detect Exception Condition". */
#include "case.h"
#include "cpu/fred.h"

#ifdef __x86_64__
BODY(fred_gd, R"(
mark	from_dr7
	mov	%dr7, xAX
mark	after
	nop
)");

static bool skip(struct trap_frame *frame)
{
	return body_skip_to_next_mark(frame);
}

CASE(fred_gd, KERNEL64)
{
	if (!fred_turn_on())
		return;
	traps_set_hook(skip);
	write_dr7(DR7_INIT | DR7_GD);
	RUN(fred_gd);
}
#endif
