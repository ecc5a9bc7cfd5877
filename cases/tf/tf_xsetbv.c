/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over XSETBV (XCR0, which is given back the value it has): one #DB, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "XSETBV". */
#include "case.h"

#define CPUID_XSAVE (1u << 26)
#define CR4_OSXSAVE (1ul << 18)

BODY(tf_xsetbv, R"(
	xgetbv
	step
mark	xsetbv
	xsetbv
mark	after_xsetbv
	nop
)");

CASE(tf_xsetbv, KERNEL32 | KERNEL64)
{
	if (!(cpuid(1).ecx & CPUID_XSAVE)) {
		log_line("needs xsave=1");
		return;
	}
	write_cr4(read_cr4() | CR4_OSXSAVE);
	RUN(tf_xsetbv);
}
