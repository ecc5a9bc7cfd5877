/* SPDX-License-Identifier: BSD-2-Clause */
/* STI with TF set, then CPUID, which a hypervisor has to intercept: one #DB each.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Interrupt 1--Debug Exception (#DB)". */
#include "case.h"

BODY_16(tf_sti_cpuid, R"(
	step
mark	sti
	sti
mark	cpuid
	cpuid
mark	after_cpuid
	nop
)");

CASE(tf_sti_cpuid, KERNEL32 | KERNEL64 | REAL16)
{
	RUN(tf_sti_cpuid);
}
