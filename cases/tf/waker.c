/* SPDX-License-Identifier: BSD-2-Clause */
/* Waking a CPU that halts; see waker.h. */
#include "waker.h"

#include "body.h"
#include "cpu/apic.h"
#include "cpu/smp.h"
#include "cpu/x86.h"
#include "log.h"
#include "traps.h"

#define AP 1
#define PATIENCE 20000 /* in delay(): what is due takes the time of some instructions */

volatile u32 waker_ready;
static word behind;
static volatile bool left, trapped, woken;
static volatile u32 nmis;

extern const word trap_entries[256];

/* Whether an NMI has hit a CPU that halts: after HLT, or where the trap that was held back until
 * then has just led. However slow the CPU is, an NMI finds one that does not halt elsewhere: on the
 * way to HLT, at work on a trap, or with one after it that has ended the halt, be it an interrupt
 * because the #DB comes too late. An interrupt that waits ends it without an NMI, too. */
static bool hits_halt(const struct trap_frame *frame)
{
	if (left || apic_interrupt_waits())
		return false;
	if (frame->ip == trap_entries[VECTOR_DB])
		return ((const struct interrupt_frame *)frame_sp(frame))->ip >= behind;
	return body_place(frame).mark && frame->ip >= behind;
}

static bool count_nmis(struct trap_frame *frame)
{
	if (frame_vector(frame) != VECTOR_NMI) {
		left |= frame->ip >= behind;
		return false;
	}
	if (hits_halt(frame))
		woken = true;
	nmis++;
	return true;
}

static bool notice_trap(struct trap_frame *frame)
{
	trapped |= frame_vector(frame) == VECTOR_DB && frame->ip >= behind;
	return false;
}

static bool trapped_in_time(void)
{
	for (int i = 0; i < PATIENCE && !trapped; i++) {
		delay(1);
		pause();
	}
	return trapped;
}

void waker_watch(void (*halt)(void), word new_behind)
{
	u32 sent = 0;

	behind = new_behind;
	waker_ready = nmis = 0;
	left = trapped = woken = false;
	traps_set_counter(count_nmis);
	traps_set_hook(notice_trap);
	if (!smp_start(AP, halt))
		return;
	while (!waker_ready)
		pause();
	while (!trapped_in_time()) {
		smp_send_nmi(AP);
		sent++;
		while (nmis < sent)
			pause();
	}
	smp_join();
	note("woken=%s", woken ? "yes" : "no");
}
