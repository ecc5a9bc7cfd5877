/* SPDX-License-Identifier: BSD-2-Clause */
/* A general-detect #DB that is intercepted: BD is in the exit qualification, not in DR6, and DR7.GD
 * stays set.
 *
 * SDM Vol. 3, "Architectural State Before a VM Exit", "General-Detect Exception Condition". */
#include "case.h"
#include "nested/vmx.h"

BODY(vmx_gd, R"(
	nop
mark	mov
	mov	%dr0, xAX
mark	last
	nop
)");

CASE(vmx_gd, KERNEL32 | KERNEL64)
{
	struct nested *nested = VMX_PREPARE(vmx_gd);

	if (!nested)
		return;
	nested->dr7 |= DR7_GD;
	nested->exceptions = 1u << VECTOR_DB;
	nested_run();
}
