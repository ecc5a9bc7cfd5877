/* SPDX-License-Identifier: BSD-2-Clause */
/* A breakpoint of the hypervisor's on VMRUN: it is met before it, and RF suppresses it when the
 * hypervisor goes on. VMRUN's end clears RF, as the single step after it shows.
 *
 * APM Vol. 2, "VMRUN and TF/RF Bits in EFLAGS" in "VMRUN Instruction". */
#include "bare.h"
#include "case.h"
#include "nested/svm.h"

BODY(nested_host_rf, R"(
	mov	$svm_vmcb, xAX
	step
mark	vmrun
	vmrun	xAX
mark	after
	stgi
mark	leave
	jmp	1f
mark	guest
	nop
mark	call
	vmmcall
1:
)");

CASE(nested_host_rf, KERNEL32 | KERNEL64)
{
	if (!SVM_PREPARE(nested_host_rf))
		return;
	bare_aim(MARK(nested_host_rf, "guest"));
	breakpoint_set(0, MARK(nested_host_rf, "vmrun"), BREAK_EXECUTE, 1);
	RUN(nested_host_rf);
	bare_note(MARK(nested_host_rf, "call"));
}
