/* SPDX-License-Identifier: BSD-2-Clause */
/* An NMI from one CPU to another that spins in a loop of one instruction with interrupts off:
 * vector 2, RIP in the loop, DR6 untouched.
 *
 * SDM Vol. 3, "Nonmaskable Interrupt (NMI)", "Interrupt Command Register (ICR)". */
#include "case.h"
#include "cpu/smp.h"

#define AP 1

volatile u32 nmi_spin_ready;

BODY(nmi_spin, R"(
	movl	$1, nmi_spin_ready
mark	spin
	jmp	.
mark	after
	nop
)");

static bool leave_loop(struct trap_frame *frame)
{
	return body_skip_to_next_mark(frame);
}

static void spin(void)
{
	RUN(nmi_spin);
}

CASE(nmi_spin, KERNEL32 | KERNEL64, .cpus = 2)
{
	nmi_spin_ready = 0;
	traps_set_hook(leave_loop);
	if (!smp_start(AP, spin))
		return;
	while (!nmi_spin_ready)
		pause();
	smp_send_nmi(AP);
	smp_join();
}
