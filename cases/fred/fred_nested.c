/* SPDX-License-Identifier: BSD-2-Clause */
/* A step trap for whose event there is no stack: #PF, which says that it is nested, and comes in at
 * its own level, from ring 3 too. With a stack, the next one comes as ever.
 *
 * SDM Vol. 3, "FRED Event Delivery". */
#include "case.h"
#include "cpu/fred.h"

#ifdef __x86_64__
BODY(fred_nested, R"(
	step
mark	stepped
	nop
mark	after
	nop
mark	last
	nop
)");

static bool give_stack(struct trap_frame *frame)
{
	note("level=%u on_its_stack=%u", fred_level(), (u32)fred_is_on_stack(frame, fred_level()));
	fred_map_stack(0);
	fred_map_stack(1);
	fred_leave_levels();
	return frame_vector(frame) == VECTOR_PF; /* where it is, not at the next mark */
}

CASE(fred_nested, FRED_MODES)
{
	if (!fred_turn_on())
		return;
	fred_set_level(VECTOR_DB, 1);
	fred_set_level(VECTOR_PF, 2);
	fred_unmap_stack(0); /* ring 3's */
	fred_unmap_stack(1);
	traps_set_hook(give_stack);
	RUN(fred_nested);
}
#endif
