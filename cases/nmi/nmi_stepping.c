/* SPDX-License-Identifier: BSD-2-Clause */
/* NMIs from one CPU to another that steps through a loop, each at whatever instruction it hits, of
 * the loop or of the handler of #DB. The log tells what does not depend on that: the loop's
 * instructions have one #DB each, so that their number follows from that of its turns; the handler
 * of an NMI runs with TF clear; the image that the NMI saves has TF set in the loop, and clear in
 * the handler of #DB.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Priority Among Concurrent Events", "Flag Usage By
 * Exception- or Interrupt-Handler Procedure". */
#include "case.h"
#include "cpu/smp.h"

#define AP 1
#define NMIS 8
#define TURN 4 /* the instructions of a turn */

volatile u32 nmi_stepping_turns, nmi_stepping_stop;
static volatile u32 nmis, steps, other_dr6, tf_in_handler, other_images;
static word start, end;

BODY(nmi_stepping, R"(
	step
1:
	lea	1(xBX), xBX
	mov	%ebx, nmi_stepping_turns
	mov	nmi_stepping_stop, %ecx
	jecxz	1b
	pushf
	clear_tf_in_image
	popf
)");

static void __attribute__((interrupt)) on_step(struct interrupt_frame *frame)
{
	(void)frame;
	steps++;
	other_dr6 += read_dr6() != (DR6_INIT | DR6_BS);
	write_dr6(DR6_INIT);
}

static void __attribute__((interrupt)) on_nmi(struct interrupt_frame *frame)
{
	bool in_loop = frame->ip >= start && frame->ip < end;

	tf_in_handler += !!(read_flags() & FLAGS_TF);
	other_images += in_loop != !!(frame->flags & FLAGS_TF);
	nmis++;
}

static void loop(void)
{
	RUN(nmi_stepping);
}

static void wait_for_a_turn(void)
{
	u32 turns = nmi_stepping_turns;

	while (nmi_stepping_turns == turns)
		pause();
}

CASE(nmi_stepping, PROTECTED_MODES, .cpus = 2)
{
	nmi_stepping_turns = nmi_stepping_stop = 0;
	nmis = steps = other_dr6 = tf_in_handler = other_images = 0;
	start = MARK(nmi_stepping, "start");
	end = MARK(nmi_stepping, "end");
	idt_set_handler(VECTOR_DB, on_step);
	idt_set_handler(VECTOR_NMI, on_nmi);
	if (!smp_start(AP, loop))
		return;
	for (u32 i = 1; i <= NMIS; i++) {
		wait_for_a_turn();
		smp_send_nmi(AP);
		while (nmis < i)
			pause();
	}
	wait_for_a_turn();
	nmi_stepping_stop = 1;
	smp_join();
	note("nmis=%u", nmis);
	note("steps_beside_turns=%u", steps - TURN * nmi_stepping_turns);
	note("other_dr6=%u", other_dr6);
	note("tf_in_handler=%u", tf_in_handler);
	note("other_images=%u", other_images);
}
