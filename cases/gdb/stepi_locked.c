/* SPDX-License-Identifier: BSD-2-Clause */
/* Two processors that count while they wait for each other: each in memory of its own, the
 * application processor in a body. Whoever looks can tell which of them runs.
 *
 * SDM Vol. 3, "Multiple-Processor Management". */
#include "case.h"
#include "cpu/smp.h"

#define AP 1
/* More than it can count to while a debugger steps it. */
#define ENOUGH 10000

BODY(stepi_locked_ap, R"(
mark	count
1:	incl	scratch
mark	compare
	cmpl	$0, scratch + 8
mark	again
	je	1b
mark	after
	nop
)");

BODY(stepi_locked, R"(
	nop
mark	first
	nop
mark	second
	nop
mark	third
	nop
mark	last
	nop
)");

/* What the processors have counted to, and whether they are to end. */
static volatile u32 *const beats_of_ap = (u32 *)SCRATCH, *const beats = (u32 *)SCRATCH + 1,
			   *const over = (u32 *)SCRATCH + 2;

static void count(void)
{
	RUN(stepi_locked_ap);
}

CASE(stepi_locked, KERNEL32 | KERNEL64 | USER32 | USER64, .cpus = 2)
{
	*beats_of_ap = *beats = *over = 0;
	if (!smp_start(AP, count))
		return;
	while (*beats_of_ap < ENOUGH)
		++*beats;
	RUN(stepi_locked);
	*over = 1;
	smp_join();
	note("counted=%s", *beats_of_ap >= ENOUGH ? "yes" : "no");
}
