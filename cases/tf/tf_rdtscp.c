/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over RDTSCP: one #DB, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "RDTSCP". */
#include "case.h"

#define CPUID_RDTSCP (1u << 27)

BODY_16(tf_rdtscp, R"(
	step
mark	rdtscp
	rdtscp
mark	after_rdtscp
	nop
)");

CASE(tf_rdtscp, PROTECTED_MODES | SEGMENT_MODES)
{
	if (cpuid(0x80000000).eax < 0x80000001 || !(cpuid(0x80000001).edx & CPUID_RDTSCP)) {
		log_line("needs rdtscp=1");
		return;
	}
	RUN(tf_rdtscp);
}
