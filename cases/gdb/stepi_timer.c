/* SPDX-License-Identifier: BSD-2-Clause */
/* A timer that interrupts a thousand times a second, or so: the local APIC's, where it counts
 * nanoseconds, as hypervisors have it. It runs while the instructions do if a debugger asks for it,
 * in memory. They take the same way then, whenever the interrupts come.
 *
 * SDM Vol. 3, "APIC Timer"; Vol. 1, "Interrupts and Exceptions". */
#include "case.h"
#include "cpu/apic.h"
#include "cpu/smp.h"

#define VECTOR 0x40
#define PERIODIC 0x20000
#define MASKED 0x10000
#define DIVIDE_BY_16 3
#define COUNT (1000 * 1000 / 16)
#define PATIENCE 20000000

BODY(stepi_timer_asked, R"(
mark	asked
	nop
)");

BODY(stepi_timer, R"(
mark	sti
	sti
mark	first
	lea	1(xAX), xAX
	lea	1(xAX), xAX
	lea	1(xAX), xAX
	lea	1(xAX), xAX
	lea	1(xAX), xAX
	lea	1(xAX), xAX
	push	xAX
	pop	xBX
mark	second
	lea	1(xAX), xAX
	lea	1(xAX), xAX
	lea	1(xAX), xAX
	lea	1(xAX), xAX
	lea	1(xAX), xAX
	lea	1(xAX), xAX
	push	xAX
	pop	xCX
mark	cli
	cli
mark	idle
	nop
mark	after
	nop
)");

static volatile u32 *const wanted = (u32 *)SCRATCH;
static volatile u32 ticks;

static void set_timer(u32 mode)
{
	apic_write(APIC_TIMER_DIVIDE, DIVIDE_BY_16);
	apic_write(APIC_LVT_TIMER, mode | VECTOR);
	apic_write(APIC_TIMER_COUNT, COUNT);
}

static bool tick(struct trap_frame *frame)
{
	if (frame_vector(frame) != VECTOR)
		return false;
	ticks++;
	apic_end_interrupt(VECTOR);
	return true;
}

CASE(stepi_timer, KERNEL32 | KERNEL64)
{
	struct registers left;

	ticks = 0;
	traps_set_counter(tick);
	set_timer(PERIODIC);
	asm volatile("sti");
	for (int i = 0; i < PATIENCE && !ticks; i++)
		pause();
	asm volatile("cli");
	set_timer(MASKED);
	note("ticks=%s", ticks ? "yes" : "no");

	*wanted = 0;
	RUN(stepi_timer_asked);
	if (*wanted)
		set_timer(PERIODIC);
	left = RUN(stepi_timer);
	set_timer(MASKED);
	note("ax=%u bx=%u cx=%u", (u32)left.ax, (u32)left.bx, (u32)left.cx);
	asm volatile("sti\n\t"
		     "nop\n\t"
		     "nop\n\t"
		     "cli");
}
