/* SPDX-License-Identifier: BSD-2-Clause */
/* IRET reads its frame from the stack: a watched slot of it is reported at the instruction that
 * IRET returned to. The push of the slot is reported before. Not asked in ring 0, whose traps are
 * taken on the same stack.
 *
 * SDM Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions". */
#include "case.h"

BODY_16(dbreak_iret, R"(
	push_iret_frame
mark	iret
	iret_native
1:
mark	target
	nop
)");

CASE(dbreak_iret, USER32 | USER64 | COMPAT32 | VM86)
{
	/* The last slot that is pushed, RIP's, by the modes' width and the frame's words. */
	word frame = fence_mode() == VM86 ? 3 * 2 : fence_mode() == USER64 ? 5 * 8 : 3 * 4;

	breakpoint_set(0, body_stack_top(fence_mode()) - frame, BREAK_ACCESS, 1);
	RUN(dbreak_iret);
}
