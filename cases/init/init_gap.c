/* SPDX-License-Identifier: BSD-2-Clause */
/* INIT to an application processor in a loop, time for whatever may happen between, and then the
 * SIPI: it starts, and takes a trap as ever. The time is a body of the boot processor, for a
 * debugger to stop there.
 *
 * SDM Vol. 3, "Typical AP Initialization Sequence", "Processor State After Reset". */
#include "case.h"
#include "cpu/smp.h"

#define AP 1

BODY(init_gap, R"(
	mov	$8, %ecx
mark	gap
1:
	nop
mark	next
	dec	%ecx
	jnz	1b
	xor	%ecx, %ecx
)");

BODY(init_gap_over, R"(
mark	int3
	int3
mark	after
	nop
)");

#define TURNS 10 /* in which the AP takes its INIT, where processors take turns */

static volatile u32 beats;

static void loop(void)
{
	for (;;)
		beats++;
}

static void work(void)
{
	RUN(init_gap_over);
}

CASE(init_gap, KERNEL32 | KERNEL64, .cpus = 2)
{
	struct reset_state state;

	beats = 0;
	if (!smp_start(AP, loop))
		return;
	while (!beats)
		pause();
	smp_send_init(AP);
	for (u32 i = 0; i < TURNS; i++)
		pause();
	RUN(init_gap);
	smp_send_sipi(AP, work);
	if (!smp_wait()) {
		note("ap=silent");
		return;
	}
	smp_join();
	state = smp_reset_state();
	note("flags=%f cs=%h", (word)state.eflags, state.cs);
	note("dr6=%x dr7=%x", (word)state.dr6, (word)state.dr7);
}
