/* SPDX-License-Identifier: BSD-2-Clause */
/* INT3 and INT1 under TF, #BP and #DB intercepted: the VM exits are before them, not after, and of
 * no single step.
 *
 * SDM Vol. 3, "Architectural State Before a VM Exit", "Exit Qualification for Debug Exceptions". */
#include "case.h"
#include "nested/vmx.h"

BODY(vmx_int_tf, R"(
	nop
mark	int3
	int3
mark	nop
	nop
mark	int1
	.byte	0xf1
mark	last
	nop
)");

CASE(vmx_int_tf, KERNEL32 | KERNEL64)
{
	struct nested *nested = VMX_PREPARE(vmx_int_tf);

	if (!nested)
		return;
	nested->flags |= FLAGS_TF;
	nested->exceptions = 1u << VECTOR_DB | 1u << VECTOR_BP;
	nested_run();
}
