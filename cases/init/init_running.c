/* SPDX-License-Identifier: BSD-2-Clause */
/* INIT to an application processor in the middle of a loop: it starts again from the same state as
 * one that halts.
 *
 * SDM Vol. 3, "Typical AP Initialization Sequence", "Processor State After Reset". */
#include "case.h"
#include "rounds.h"

static volatile u32 beats;

static void loop(void)
{
	for (;;)
		beats++;
}

CASE(init_running, KERNEL32 | KERNEL64, .cpus = 2)
{
	beats = 0;
	init_rounds(3, loop, "looping");
	note("looped=%s", beats ? "yes" : "no");
}
