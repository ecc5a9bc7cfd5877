/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over PAUSE, and over NOP: one #DB each, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "PAUSE". */
#include "case.h"

BODY_16(tf_pause, R"(
	step
mark	pause
	pause
mark	nop
	nop
mark	after
	nop
)");

CASE(tf_pause, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_pause);
}
