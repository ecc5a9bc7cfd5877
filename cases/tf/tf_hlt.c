/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over HLT: the single-step trap comes at once and ends the halt.
 *
 * SDM Vol. 2, "HLT"; Vol. 3, "Single-Step Exception Condition". */
#include "case.h"
#include "waker.h"

BODY(tf_hlt, R"(
	movl	$1, waker_ready
	step
mark	hlt
	hlt
mark	after
	nop
)");

static void halt(void)
{
	RUN(tf_hlt);
}

CASE(tf_hlt, KERNEL32 | KERNEL64, .cpus = 2)
{
	waker_watch(halt, MARK(tf_hlt, "after"));
}
