/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over INVLPG: one #DB, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "INVLPG". */
#include "case.h"

BODY_16(tf_invlpg, R"(
	step
mark	invlpg
	invlpg	(xSP)
mark	after_invlpg
	nop
)");

CASE(tf_invlpg, KERNEL32 | KERNEL64 | REAL16)
{
	RUN(tf_invlpg);
}
