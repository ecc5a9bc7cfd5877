/* SPDX-License-Identifier: BSD-2-Clause */
/* RF as VM exits save it: for an exception that is intercepted as its frame would have it, set for
 * #UD and clear for INT3; clear for CPUID, which always exits, even where it began with RF set.
 *
 * SDM Vol. 3, "Saving RIP, RSP, RFLAGS, and SSP". */
#include "case.h"
#include "nested/vmx.h"

BODY(vmx_exit_rf, R"(
	ud2
mark	nop
	nop
	cpuid
mark	int3
	int3
mark	last
	nop
)");

BODY(cpuid, R"(
	cpuid
mark	last
	nop
)");

CASE(vmx_exit_rf, KERNEL32 | KERNEL64)
{
	struct nested *nested = VMX_PREPARE(vmx_exit_rf);

	if (!nested)
		return;
	nested->exceptions = 1u << VECTOR_BP | 1u << VECTOR_UD;
	nested_run();
	nested = VMX_PREPARE(cpuid);
	if (!nested)
		return;
	note("begins=RF");
	nested->flags |= FLAGS_RF;
	nested_run();
}
