/* SPDX-License-Identifier: BSD-2-Clause */
/* Stack levels: INT3 at level 1, and INT1 in its handler at level 2, each on the stack of its
 * level; the way back restores them. Events in ring 3 come in at level 0, whatever theirs is.
 *
 * SDM Vol. 3, "FRED Event Delivery"; Vol. 2, "ERETS", "ERETU". */
#include "case.h"
#include "cpu/fred.h"

#ifdef __x86_64__
BODY(fred_level, R"(
	int3
mark	after
	nop
)");

static void tell_level(const struct trap_frame *frame)
{
	note("level=%u on_its_stack=%u", fred_level(), (u32)fred_is_on_stack(frame, fred_level()));
}

static bool nest(struct trap_frame *frame)
{
	tell_level(frame);
	if (frame_vector(frame) == VECTOR_BP) {
		/* Whatever the compiler's flags are. */
		asm volatile("push %0\n\t"
			     "popf\n\t"
			     ".byte 0xf1"
			     :
			     : "i"(FLAGS_FIXED)
			     : "memory", "cc");
		tell_level(frame);
	}
	return true;
}

CASE(fred_level, FRED_MODES)
{
	if (!fred_turn_on())
		return;
	fred_set_level(VECTOR_BP, 1);
	fred_set_level(VECTOR_DB, 2);
	traps_set_hook(nest);
	RUN(fred_level);
	note("level=%u", fred_level());
}
#endif
