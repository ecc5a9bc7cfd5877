/* SPDX-License-Identifier: BSD-2-Clause */
/* STI and CLI with TF set: each has its #DB at once. The shadow of STI holds back interrupts, not
 * single-step traps.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "STI". */
#include "case.h"

BODY_16(tf_sti_cli, R"(
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

CASE(tf_sti_cli, KERNEL32 | KERNEL64 | REAL16)
{
	RUN(tf_sti_cli);
}
