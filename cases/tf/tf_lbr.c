/* SPDX-License-Identifier: BSD-2-Clause */
/* A #DB clears IA32_DEBUGCTL.LBR, so that the branches of its handler do not push out those that
 * led there; an INT3 does not.
 *
 * SDM Vol. 3, "Monitoring Branches, Exceptions, and Interrupts"; APM Vol. 2, "Control-Transfer
 * Breakpoint Features". */
#include "case.h"
#include "debugctl.h"

BODY(tf_lbr, R"(
	int3
mark	behind
	mov	%al, scratch
mark	written
	step
	nop
)");

static bool set_again(struct trap_frame *frame)
{
	(void)frame;
	note("debugctl=%x", (word)debugctl());
	debugctl_set(DEBUGCTL_LBR);
	return false;
}

CASE(tf_lbr, PROTECTED_MODES)
{
	if (!debugctl_set(DEBUGCTL_LBR)) {
		log_line("needs lbr=1");
		return;
	}
	traps_set_hook(set_again);
	breakpoint_set(0, SCRATCH, BREAK_WRITE, 1);
	RUN(tf_lbr);
}
