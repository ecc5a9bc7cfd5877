/* SPDX-License-Identifier: BSD-2-Clause */
/* ERETS with STI's shadow in the saved SS, or without: an interrupt that is pending, and that its
 * image of RFLAGS enables, comes after the next instruction, or at once.
 *
 * SDM Vol. 2, "ERETS"; Vol. 3, "FRED Event Delivery". */
#include "case.h"
#include "cpu/fred.h"
#include "cpu/smp.h"

#define VECTOR 0x40

#ifdef __x86_64__
BODY(fred_return_sti, R"(
	int3
mark	returned
	nop
mark	after
	cli
)");

static word shadow;

static bool enable_interrupts(struct trap_frame *frame)
{
	if (frame_vector(frame) == VECTOR_BP) {
		frame->flags |= FLAGS_IF;
		frame->ss |= shadow;
	}
	return true;
}

static void run_with(word in_ss)
{
	shadow = in_ss;
	note("shadow=%u", in_ss != 0);
	smp_send_fixed(BOOT_CPU, VECTOR);
	RUN(fred_return_sti);
}

CASE(fred_return_sti, KERNEL64)
{
	if (!fred_turn_on())
		return;
	traps_set_hook(enable_interrupts);
	run_with(0);
	run_with(FRED_SS_STI);
}
#endif
