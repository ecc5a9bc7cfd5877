/* SPDX-License-Identifier: BSD-2-Clause */
/* The stack level of interrupts, which they share, at 1: one that waits until STI's shadow is over.
 *
 * SDM Vol. 3, "FRED Event Delivery". */
#include "case.h"
#include "cpu/fred.h"
#include "cpu/smp.h"

#define VECTOR 0x40

#ifdef __x86_64__
BODY(fred_level_interrupt, R"(
	sti
	nop
mark	after
	cli
)");

static bool tell_level(struct trap_frame *frame)
{
	note("level=%u on_its_stack=%u", fred_level(), (u32)fred_is_on_stack(frame, fred_level()));
	return true;
}

CASE(fred_level_interrupt, KERNEL64)
{
	if (!fred_turn_on())
		return;
	fred_set_interrupt_level(1);
	traps_set_hook(tell_level);
	smp_send_fixed(BOOT_CPU, VECTOR);
	RUN(fred_level_interrupt);
	note("level=%u", fred_level());
}
#endif
