/* SPDX-License-Identifier: BSD-2-Clause */
/* POPF in ring 3, IOPL 0: it sets and clears TF, and leaves IF, set or clear, and IOPL as they are,
 * without a fault.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "POPF/POPFD/POPFQ". */
#include "case.h"
#include "string.h"

BODY(popf_user_tf, R"(
	pushf
	movb	$0x30, 1(xSP)	# IOPL 3, neither TF nor IF
	pushf
	movb	$0x33, 1(xSP)	# TF, IF and IOPL 3
mark	popf
	popf
mark	first
	nop
mark	second
	nop
mark	clear
	popf
mark	cleared
	nop
)");

/* From there on IF is set. */
static bool set_if(struct trap_frame *frame)
{
	if (!strcmp(body_place(frame).mark, "second"))
		frame->flags |= FLAGS_IF;
	return false;
}

CASE(popf_user_tf, USER32 | USER64 | COMPAT32)
{
	traps_set_hook(set_if);
	RUN(popf_user_tf);
}
