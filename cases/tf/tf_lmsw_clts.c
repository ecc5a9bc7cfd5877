/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over SMSW, LMSW and CLTS: one #DB each, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "SMSW", "LMSW", "CLTS". */
#include "case.h"

BODY_16(tf_lmsw_clts, R"(
	step
mark	smsw
	smsw	%ax
mark	lmsw
	lmsw	%ax
mark	clts
	clts
mark	after
	nop
)");

CASE(tf_lmsw_clts, KERNEL32 | KERNEL64 | REAL16)
{
	RUN(tf_lmsw_clts);
}
