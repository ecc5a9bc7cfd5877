/* SPDX-License-Identifier: BSD-2-Clause */
/* NMIs under FRED: the return from one unblocks them if the saved SS says so. A handler that clears
 * the bit leaves them blocked, and a second one comes only when another return has it set, before
 * the next instruction.
 *
 * One CPU sends the NMI that gets the other out of its loop.
 *
 * SDM Vol. 3, "FRED Event Delivery"; Vol. 2, "ERETS", "ERETU"; Vol. 3, "Handling
 * Multiple NMIs". */
#include "case.h"
#include "cpu/fred.h"
#include "cpu/smp.h"

#ifdef __x86_64__
#define AP 1

volatile u32 fred_nmi_ready;
static u32 nmis;

BODY(fred_nmi, R"(
	movl	$1, fred_nmi_ready
mark	spin
	jmp	.
mark	blocked
	nop
mark	int3
	int3
mark	after
	nop
)");

static bool hold_back(struct trap_frame *frame)
{
	if (frame_vector(frame) == VECTOR_NMI && !nmis++) {
		smp_send_held_nmi(BOOT_CPU);
		frame->ss &= ~FRED_SS_NMI;
		return body_skip_to_next_mark(frame);
	}
	if (frame_vector(frame) == VECTOR_BP)
		frame->ss |= FRED_SS_NMI;
	return true;
}

static void interrupt(void)
{
	while (!fred_nmi_ready)
		pause();
	smp_send_nmi(BOOT_CPU);
}

CASE(fred_nmi, KERNEL64 | USER64, .cpus = 2)
{
	fred_nmi_ready = nmis = 0;
	if (!fred_turn_on())
		return;
	traps_set_hook(hold_back);
	if (!smp_start(AP, interrupt))
		return;
	RUN(fred_nmi);
	smp_join();
}
#endif
