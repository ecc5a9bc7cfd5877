/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV SS twice, while single-stepping: the first one's trap is suppressed, the second one's may be
 * or not, and so is not logged; of a sequence of such instructions only the first is guaranteed to
 * suppress. All others are trapped.
 *
 * SDM Vol. 3, "Masking Exceptions and Interrupts When Switching Stacks"; "Single-Step Exception
 * Condition". */
#include "case.h"
#include "string.h"

BODY_16(tf_mov_ss_twice, R"(
	mov	%ss, %eax
	step
mark	nop
	nop
mark	first
	mov	%eax, %ss
mark	second
	mov	%eax, %ss
mark	third
	nop
mark	after
	nop
)");

static bool is_left_open(struct trap_frame *frame)
{
	struct place place = body_place(frame);

	return frame_vector(frame) == VECTOR_DB && place.mark && !strcmp(place.mark, "third");
}

CASE(tf_mov_ss_twice, PROTECTED_MODES | SEGMENT_MODES)
{
	traps_set_counter(is_left_open);
	RUN(tf_mov_ss_twice);
}
