/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor trap flag together with TF and a data breakpoint: its VM exit comes first, with the
 * debug exceptions pending, which the next VM entry delivers.
 *
 * SDM Vol. 3, "Monitor Trap Flag", "Saving Non-Register State", "Delivery of Pending Debug
 * Exceptions after VM Entry". */
#include "case.h"
#include "nested/vmx.h"

BODY(vmx_mtf_db, R"(
	nop
mark	write
	movl	$1, scratch
mark	last
	nop
)");

CASE(vmx_mtf_db, KERNEL32 | KERNEL64)
{
	struct nested *nested = VMX_PREPARE(vmx_mtf_db);

	if (!nested)
		return;
	if (!vmx_allows(MONITOR_TRAP_FLAG)) {
		log_line("needs vmx_mtf=1");
		return;
	}
	write_dr0(SCRATCH);
	nested->dr7 |= DR7_L(0) | breakpoint_fields(0, BREAK_WRITE, 4);
	nested->flags |= FLAGS_TF;
	nested->exceptions = 1u << VECTOR_DB;
	vmx_write(VMCS_PRIMARY_CONTROLS, vmx_read(VMCS_PRIMARY_CONTROLS) | MONITOR_TRAP_FLAG);
	nested_run();
}
