/* SPDX-License-Identifier: BSD-2-Clause */
/* Stack levels that do not fall: INT3 at level 2, and INT1 in its handler, whose own is 1, stays
 * there. What an event pushes where it stays on its stack comes below the redzone; where the level
 * rises, there is none.
 *
 * SDM Vol. 3, "FRED Event Delivery". */
#include "case.h"
#include "cpu/fred.h"

#ifdef __x86_64__
BODY(fred_level_kept, R"(
	int3
mark	after
	nop
)");

static bool nest(struct trap_frame *frame)
{
	word frame_end = (word)((struct fred_frame *)frame + 1);

	note("level=%u", fred_level());
	if (frame_vector(frame) == VECTOR_DB)
		note("redzone=%u", (u32)((frame->sp & ~63ul) - frame_end));
	else
		asm volatile("push %0\n\t"
			     "popf\n\t"
			     ".byte 0xf1"
			     :
			     : "i"(FLAGS_FIXED)
			     : "memory", "cc");
	return true;
}

CASE(fred_level_kept, KERNEL64)
{
	if (!fred_turn_on())
		return;
	fred_set_level(VECTOR_BP, 2);
	fred_set_level(VECTOR_DB, 1);
	fred_set_redzone(192);
	traps_set_hook(nest);
	RUN(fred_level_kept);
	note("level=%u", fred_level());
}
#endif
