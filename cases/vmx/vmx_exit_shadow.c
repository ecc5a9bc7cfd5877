/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupt shadow that VM exits save: of CPUID, which always exits, INT3 and INT1 after
 * STI and after MOV SS. An exception that is intercepted does not end it.
 *
 * SDM Vol. 3, "Saving Non-Register State", "Architectural State Before a VM Exit". */
#include "case.h"
#include "nested/vmx.h"

BODY(vmx_exit_shadow, R"(
	cpuid
mark	sti_cpuid
	sti
	cpuid
mark	sti_int3
	cli
	sti
	int3
mark	sti_int1
	cli
	sti
	.byte	0xf1
mark	mov_ss_cpuid
	cli
	mov	%ss, %eax
	mov	%eax, %ss
	cpuid
mark	mov_ss_int3
	mov	%ss, %eax
	mov	%eax, %ss
	int3
mark	mov_ss_int1
	mov	%ss, %eax
	mov	%eax, %ss
	.byte	0xf1
mark	nop
	mov	%eax, %ss
	nop
	cpuid
mark	last
	nop
)");

CASE(vmx_exit_shadow, KERNEL32 | KERNEL64)
{
	struct nested *nested = VMX_PREPARE(vmx_exit_shadow);

	if (!nested)
		return;
	nested->exceptions = 1u << VECTOR_DB | 1u << VECTOR_BP;
	nested_run();
}
