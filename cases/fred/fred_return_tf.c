/* SPDX-License-Identifier: BSD-2-Clause */
/* ERETS and ERETU with the software-event bit of the saved SS changed by the handler: with TF in
 * the image a set bit makes a trap pending at once, whatever led there; a clear one lets an
 * instruction execute first; and without TF it does not matter.
 *
 * SDM Vol. 2, "ERETS", "ERETU". */
#include "case.h"
#include "cpu/fred.h"

#ifdef __x86_64__
BODY(fred_return_tf, R"(
mark	int3_set
	int3
mark	after_int3_set
	nop
	step
mark	int_33_clear
	int	$33
mark	after_int_33_clear
	nop
mark	int3_step_set
	int3
mark	after_int3_step_set
	nop
)");

static bool change_bit(struct trap_frame *frame)
{
	if (frame_vector(frame) == VECTOR_BP)
		frame->ss |= FRED_SS_SOFTWARE;
	else if (frame_vector(frame) != VECTOR_DB)
		frame->ss &= ~FRED_SS_SOFTWARE;
	return false;
}

CASE(fred_return_tf, FRED_MODES)
{
	if (!fred_turn_on())
		return;
	traps_set_hook(change_bit);
	RUN(fred_return_tf);
}
#endif
