/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor trap flag: a VM exit after each instruction, and none after one that exits by
 * itself. VM entry can inject one, which comes at once.
 *
 * SDM Vol. 3, "Monitor Trap Flag", "Injection of Pending MTF VM Exits". */
#include "case.h"
#include "nested/vmx.h"

BODY(vmx_mtf, R"(
	nop
mark	jmp
	jmp	1f
	nop
mark	target
1:	cpuid
mark	sti
	sti
mark	cli
	cli
mark	last
	nop
)");

BODY(injected, R"(
	nop
mark	last
	nop
)");

CASE(vmx_mtf, KERNEL32 | KERNEL64)
{
	struct nested *nested = VMX_PREPARE(vmx_mtf);

	if (!nested)
		return;
	if (!vmx_allows(MONITOR_TRAP_FLAG)) {
		log_line("needs vmx_mtf=1");
		return;
	}
	vmx_write(VMCS_PRIMARY_CONTROLS, vmx_read(VMCS_PRIMARY_CONTROLS) | MONITOR_TRAP_FLAG);
	nested_run();

	note("entry=mtf");
	nested = VMX_PREPARE(injected);
	if (!nested)
		return;
	nested->injection = EVENT(EVENT_OTHER, 0);
	nested_run();
}
