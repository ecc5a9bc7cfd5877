/* SPDX-License-Identifier: BSD-2-Clause */
/* A write that a debugger watches while the guest single-steps: the guest's #DB after it is its
 * own, BS and no more.
 *
 * SDM Vol. 3, "Single-Step Exception Condition". */
#include "case.h"

BODY(watch_tf, R"(
	nop
mark	before
	step
mark	write
	movl	$1, scratch
mark	after
	nop
mark	last
	nop
)");

CASE(watch_tf, PROTECTED_MODES)
{
	*(volatile u32 *)SCRATCH = 0;
	RUN(watch_tf);
}
