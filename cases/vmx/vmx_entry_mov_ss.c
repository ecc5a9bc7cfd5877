/* SPDX-License-Identifier: BSD-2-Clause */
/* VMLAUNCH and VMRESUME right after MOV SS: refused before anything else of the VMCS is looked at,
 * VMRESUME of what was never launched for the same reason. They are no faults, so a single step
 * over one ends in a #DB after it. Out of the shadow, VMRESUME is refused for the launch.
 *
 * SDM Vol. 3, "VMLAUNCH/VMRESUME", "VM-Instruction Error Numbers", "VM-Entry Checks"; "Masking
 * Exceptions and Interrupts When Switching Stacks". */
#include "case.h"
#include "nested/vmx.h"

/* The hypervisor itself; VM_INSTRUCTION_ERROR is 4400H. A VMLAUNCH that is not refused leads to
 * `entered`, and from there to `exited`. */
BODY(vmx_entry_mov_ss, R"(
	mov	$0x4400, %esi
	mov	%ss, %edx
mark	mov_ss
	mov	%edx, %ss
	vmlaunch
mark	launched
	vmread	xSI, xAX
mark	mov_ss_again
	mov	%edx, %ss
	vmresume
mark	resumed
	vmread	xSI, xBX
mark	no_shadow
	vmresume
mark	refused
	vmread	xSI, xCX
	jmp	1f
mark	entered
	vmcall
mark	exited
	nop
1:
)");

BODY(vmx_entry_mov_ss_tf, R"(
	mov	$0x4400, %esi
	mov	%ss, %edx
	step
mark	mov_ss
	mov	%edx, %ss
	vmlaunch
mark	launched
	vmread	xSI, xAX
	jmp	1f
mark	entered
	vmcall
mark	exited
	nop
1:
)");

static bool prepare(const struct body *body)
{
	struct nested *nested = nested_prepare_on(&nested_vmx, body);

	if (!nested)
		return false;
	vmx_aim(body_mark(body, KERNEL_MODE, "entered"), body_mark(body, KERNEL_MODE, "exited"),
		nested->sp);
	return true;
}

CASE(vmx_entry_mov_ss, KERNEL32 | KERNEL64)
{
	struct registers left;

	if (!prepare(&body_vmx_entry_mov_ss))
		return;
	left = RUN(vmx_entry_mov_ss);
	note("vmlaunch=%u", (u32)left.ax);
	note("vmresume=%u", (u32)left.bx);
	note("vmresume_without=%u", (u32)left.cx);
	if (!prepare(&body_vmx_entry_mov_ss_tf))
		return;
	left = RUN(vmx_entry_mov_ss_tf);
	note("vmlaunch_tf=%u", (u32)left.ax);
}
