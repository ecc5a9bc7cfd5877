/* SPDX-License-Identifier: BSD-2-Clause */
/* STI and CLI with TF set outside of ring 0, where IOPL 3 allows them: each has its #DB at once, as
 * in ring 0.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "STI", "CLI". */
#include "case.h"

static bool raise_iopl(struct trap_frame *frame)
{
	frame->flags |= FLAGS_IOPL;
	return false;
}

BODY_16(tf_sti_cli_iopl, R"(
	int3			# the hook raises IOPL
mark	allowed
	step
mark	sti
	sti
mark	between
	nop
mark	cli
	cli
mark	after
	nop
)");

CASE(tf_sti_cli_iopl, USER32 | USER64 | COMPAT32 | VM86)
{
	traps_set_hook(raise_iopl);
	RUN(tf_sti_cli_iopl);
}
