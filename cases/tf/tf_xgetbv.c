/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over XGETBV: one #DB, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "XGETBV". */
#include "case.h"

#define CPUID_XSAVE (1u << 26)
#define CR4_OSXSAVE (1ul << 18)

BODY_16(tf_xgetbv, R"(
	step
mark	xgetbv
	xgetbv
mark	after_xgetbv
	nop
)");

CASE(tf_xgetbv, PROTECTED_MODES | SEGMENT_MODES)
{
	if (!(cpuid(1).ecx & CPUID_XSAVE)) {
		log_line("needs xsave=1");
		return;
	}
	write_cr4(read_cr4() | CR4_OSXSAVE);
	RUN(tf_xgetbv);
}
