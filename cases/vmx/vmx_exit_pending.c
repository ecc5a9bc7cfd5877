/* SPDX-License-Identifier: BSD-2-Clause */
/* The pending debug exceptions that VM exits save: none, but after MOV SS those that it holds
 * back. CPUID, which always exits, and INT3, after MOV SS from a watched operand; CPUID under TF.
 *
 * SDM Vol. 3, "Saving Non-Register State". */
#include "case.h"
#include "cpu/segments.h"
#include "nested/vmx.h"

BODY(vmx_exit_pending, R"(
	mov	scratch, %ss
mark	cpuid
	cpuid
mark	mov_ss
	mov	scratch, %ss
mark	int3
	int3
mark	step
	step
	nop
mark	stepped
	cpuid
mark	last
	nop
)");

CASE(vmx_exit_pending, KERNEL32 | KERNEL64)
{
	struct nested *nested = VMX_PREPARE(vmx_exit_pending);

	if (!nested)
		return;
	*(u32 *)physical(SCRATCH) = KERNEL_DS;
	write_dr0(SCRATCH);
	nested->dr7 |= DR7_L(0) | breakpoint_fields(0, BREAK_ACCESS, 1);
	nested->exceptions = 1u << VECTOR_DB | 1u << VECTOR_BP;
	nested_run();
}
