/* SPDX-License-Identifier: BSD-2-Clause */
/* INT1 with TF set: one #DB, from INT1, with TF saved and DR6.BS clear; the next one, from TF, is
 * after the instruction that follows.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"

BODY_16(tf_icebp, R"(
	step
mark	icebp
	.byte	0xf1		# INT1
mark	after
	nop
)");

CASE(tf_icebp, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_icebp);
}
