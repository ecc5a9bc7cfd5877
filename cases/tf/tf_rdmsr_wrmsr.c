/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over RDMSR and WRMSR: one #DB each, at the next instruction. (IA32_APIC_BASE, which is given
 * back the value it has.)
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "RDMSR", "WRMSR". */
#include "case.h"

BODY_16(tf_rdmsr_wrmsr, R"(
	step
mark	load
	mov	$0x1b, %ecx
mark	rdmsr
	rdmsr
mark	wrmsr
	wrmsr
mark	after
	nop
)");

CASE(tf_rdmsr_wrmsr, KERNEL32 | KERNEL64 | REAL16)
{
	RUN(tf_rdmsr_wrmsr);
}
