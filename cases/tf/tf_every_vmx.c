/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over the instructions of Intel's VMX, VM entries and VMCALL excepted: one #DB each, at the
 * next one. The VMCS is the one that is there.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "VMX Instruction Reference". */
#include "case.h"
#include "nested/vmx.h"

#define MSR_VMX_BASIC 0x480

/* VMXON's region is the second page of what bodies call scratch. */
BODY(tf_every_vmx, R"(
	mov	$scratch, xSI
	movl	$(scratch + 0x1000), 8(xSI)
	movl	$0, 12(xSI)
	mov	$0x6820, xDX		# RFLAGS of the nested guest
	step
each	first, nop
each	vmptrst, vmptrst (xSI)
each	vmread, vmread xDX, xAX
each	vmwrite, vmwrite xAX, xDX
each	vmread_memory, vmread xDX, 16(xSI)
each	vmwrite_memory, vmwrite 16(xSI), xDX
each	vmclear, vmclear (xSI)
each	vmptrld, vmptrld (xSI)
each	vmclear_again, vmclear (xSI)
each	vmxoff, vmxoff
each	vmxon, vmxon 8(xSI)
each	last, nop
)");

CASE(tf_every_vmx, KERNEL32 | KERNEL64)
{
	u32 *region = physical(SCRATCH + 0x1000);

	if (!VMX_PREPARE(tf_every_vmx))
		return;
	*region = (u32)read_msr(MSR_VMX_BASIC) & ~(1u << 31);
	RUN(tf_every_vmx);
}
