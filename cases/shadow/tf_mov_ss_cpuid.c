/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV to SS with TF set, then CPUID, which a hypervisor has to intercept while the shadow of MOV SS
 * is there: one #DB, after CPUID.
 *
 * SDM Vol. 3, "Single-Step Exception Condition",
 * "Masking Exceptions and Interrupts When Switching Stacks". */
#include "case.h"

BODY_16(tf_mov_ss_cpuid, R"(
	step
mark	mov_from_ss
	mov	%ss, %eax
mark	mov_ss
	mov	%eax, %ss
mark	cpuid
	cpuid
mark	after_cpuid
	nop
)");

CASE(tf_mov_ss_cpuid, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_mov_ss_cpuid);
}
