/* SPDX-License-Identifier: BSD-2-Clause */
/* INT3 with TF set: the #BP saves TF, and no #DB comes of INT3 itself: it clears TF. The next one
 * is after the instruction that follows.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"

BODY_16(tf_int3, R"(
	step
mark	int3
	int3
mark	after
	nop
)");

CASE(tf_int3, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_int3);
}
