/* SPDX-License-Identifier: BSD-2-Clause */
/* DR6 of a nested guest: it reads what the hypervisor gave it, and the hypervisor finds what it
 * wrote. On SVM that is the VMCB's, on VMX, whose VMCS has none, the CPU's own.
 *
 * APM Vol. 2, "VMRUN Instruction", "#VMEXIT"; SDM Vol. 3, "Loading Guest Control Registers, Debug
 * Registers, and MSRs". */
#include "case.h"
#include "nested/any.h"

BODY(nested_dr6, R"(
	mov	%dr6, xBX
	mov	$0xffff4ff2, %eax
	mov	xAX, %dr6
)");

CASE(nested_dr6, KERNEL32 | KERNEL64)
{
	struct nested *nested = NESTED_PREPARE(nested_dr6);
	struct registers left;

	if (!nested)
		return;
	nested->dr6 = DR6_INIT | DR6_BD | 1u << 2;
	left = nested_run();
	note("read=%x", left.bx);
	note("written=%x", nested->dr6);
}
