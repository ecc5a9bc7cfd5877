/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over RDTSC: one #DB, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "RDTSC". */
#include "case.h"

BODY_16(tf_rdtsc, R"(
	step
mark	rdtsc
	rdtsc
mark	after_rdtsc
	nop
)");

CASE(tf_rdtsc, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_rdtsc);
}
