/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV to and from debug registers, intercepted: a VM exit before each, whose qualification has the
 * register's number, the direction, and the general register. It comes before the #UD that CR4.DE
 * has for DR4 and DR5.
 *
 * SDM Vol. 3, "Instructions That Cause VM Exits Conditionally", "Exit Qualification for MOV DR". */
#include "case.h"
#include "nested/vmx.h"

BODY(vmx_mov_dr, R"(
	mov	xAX, %dr0
mark	to_dr7
	mov	xBP, %dr7
mark	from_dr6
	mov	%dr6, xDX
mark	from_dr3
	mov	%dr3, xDI
mark	to_dr4
	mov	xCX, %dr4
mark	from_dr5
	mov	%dr5, xBX
mark	last
	nop
)");

CASE(vmx_mov_dr, KERNEL32 | KERNEL64)
{
	write_cr4(read_cr4() | CR4_DE);
	if (!VMX_PREPARE(vmx_mov_dr))
		return;
	vmx_write(VMCS_PRIMARY_CONTROLS, vmx_read(VMCS_PRIMARY_CONTROLS) | MOV_DR_EXITING);
	nested_run();
}
