/* SPDX-License-Identifier: BSD-2-Clause */
/* Two processors execute the same instructions: first one after the other, then at the same time.
 * Neither is to execute an instruction twice, or not at all.
 *
 * SDM Vol. 3, "Multiple-Processor Management". */
#include "case.h"
#include "cpu/smp.h"

#define AP 1

BODY(break_both, R"(
	nop
mark	cross
	inc	xAX
mark	after
	inc	xBX
)");

/* The same after a place where each waits for the other. */
BODY(break_both_together, R"(
	lock; incl scratch
1:	cmpl	$2, scratch
	jne	1b
mark	meet
	inc	xAX
mark	met
	inc	xBX
)");

static volatile u32 *const arrived = (u32 *)SCRATCH;
static struct registers of_ap;

static void cross(void)
{
	of_ap = RUN(break_both);
}

static void meet(void)
{
	of_ap = RUN(break_both_together);
}

static void note_both(struct registers left)
{
	note("cpu=0 ax=%u bx=%u", (u32)left.ax, (u32)left.bx);
	note("cpu=1 ax=%u bx=%u", (u32)of_ap.ax, (u32)of_ap.bx);
}

CASE(break_both, KERNEL32 | KERNEL64 | USER32 | USER64, .cpus = 2)
{
	struct registers left;

	if (!smp_run(AP, cross))
		return;
	note_both(RUN(break_both));

	*arrived = 0;
	if (!smp_start(AP, meet))
		return;
	while (!*arrived)
		pause();
	left = RUN(break_both_together);
	smp_join();
	note_both(left);
}
