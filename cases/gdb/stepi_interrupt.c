/* SPDX-License-Identifier: BSD-2-Clause */
/* An interrupt that is pending when STI lets it in: it comes once, and the instructions take their
 * way. Twice.
 *
 * SDM Vol. 2, "STI"; Vol. 3, "Masking Maskable Hardware Interrupts". */
#include "case.h"
#include "cpu/apic.h"
#include "cpu/smp.h"

#define VECTOR 0x40

BODY(stepi_interrupt, R"(
mark	sti
	sti
mark	shadow
	nop
mark	after
	lea	1(xAX), xAX
mark	second
	lea	1(xAX), xAX
mark	third
	lea	1(xAX), xAX
)");

static volatile u32 interrupts;

static bool count(struct trap_frame *frame)
{
	if (frame_vector(frame) != VECTOR)
		return false;
	interrupts++;
	apic_end_interrupt(VECTOR);
	return true;
}

/* It may be held back up to the end of the body by a debugger that steps, and no longer. */
static void interrupted(void)
{
	struct registers left;

	interrupts = 0;
	smp_send_fixed(BOOT_CPU, VECTOR);
	left = RUN(stepi_interrupt);
	asm volatile("sti\n\t"
		     "nop\n\t"
		     "nop\n\t"
		     "cli");
	note("ax=%u interrupts=%u", (u32)left.ax, interrupts);
}

CASE(stepi_interrupt, KERNEL32 | KERNEL64)
{
	traps_set_counter(count);
	interrupted();
	interrupted();
}
