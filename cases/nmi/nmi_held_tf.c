/* SPDX-License-Identifier: BSD-2-Clause */
/* An NMI that waits until an IRET ends another one's handler, where that IRET also sets TF: it
 * comes before the next instruction, with TF in its image, is not stepped itself, and the stepping
 * goes on after it with no #DB lost and none too many.
 *
 * One CPU sends the NMI that gets the other out of its loop; that one's handler has itself sent the
 * second NMI, which is held back, and goes on at the next mark with TF set.
 *
 * SDM Vol. 3, "Handling Multiple NMIs", "Single-Step Exception Condition", "Interrupt Command
 * Register (ICR)". */
#include "case.h"
#include "cpu/segments.h"
#include "cpu/smp.h"

#define AP 1

volatile u32 nmi_held_tf_ready;
static u32 nmis;

BODY(nmi_held_tf, R"(
	movl	$1, nmi_held_tf_ready
mark	spin
	jmp	.
mark	first
	nop
mark	second
	nop
mark	third
	nop
)");

static bool step_with_another_pending(struct trap_frame *frame)
{
	if (frame_vector(frame) != VECTOR_NMI)
		return false;
	if (!nmis++) {
		smp_send_held_nmi(this_cpu());
		frame->flags |= FLAGS_TF;
		return body_skip_to_next_mark(frame);
	}
	return true;
}

static void spin(void)
{
	RUN(nmi_held_tf);
}

CASE(nmi_held_tf, PROTECTED_MODES, .cpus = 2)
{
	nmi_held_tf_ready = nmis = 0;
	traps_set_hook(step_with_another_pending);
	if (!smp_start(AP, spin))
		return;
	while (!nmi_held_tf_ready)
		pause();
	smp_send_nmi(AP);
	smp_join();
}
