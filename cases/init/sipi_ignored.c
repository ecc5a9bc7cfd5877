/* SPDX-License-Identifier: BSD-2-Clause */
/* A SIPI to a processor that does not wait for one is ignored: the second of the two that the usual
 * start-up sequence sends does not start it again.
 *
 * SDM Vol. 3, "MP Initialization Protocol Algorithm for MP Systems", "Typical AP Initialization
 * Sequence"; "Interrupt Command Register (ICR)". */
#include "case.h"
#include "cpu/smp.h"

#define AP 1
#define SETTLED 1000

static volatile u32 starts, beats;

static void beat(void)
{
	starts++;
	for (;;) {
		beats++;
		pause();
	}
}

/* Waits until the AP has gone round its loop some times more. */
static void wait_for_beats(void)
{
	u32 until = beats + SETTLED;

	while (beats < until)
		pause();
}

CASE(sipi_ignored, KERNEL32 | KERNEL64, .cpus = 2)
{
	starts = 0;
	beats = 0;
	if (!smp_start(AP, beat))
		return;
	wait_for_beats();
	note("starts=%u", starts);
	smp_send_sipi(AP, beat);
	wait_for_beats();
	note("starts=%u", starts);
}
