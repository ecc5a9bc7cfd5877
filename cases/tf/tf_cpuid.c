/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over CPUID: one #DB, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "CPUID". */
#include "case.h"

BODY_16(tf_cpuid, R"(
	step
mark	cpuid
	cpuid
mark	after_cpuid
	nop
)");

CASE(tf_cpuid, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_cpuid);
}
