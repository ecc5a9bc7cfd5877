/* SPDX-License-Identifier: BSD-2-Clause */
/* VMRUN with the hypervisor's TF set. To the hypervisor it is one instruction, however many the
 * nested guest executes before its #VMEXIT: there is one #DB, after that. The nested guest's TF is
 * its own.
 *
 * APM Vol. 2, "VMRUN and TF/RF Bits in EFLAGS" in "VMRUN Instruction". */
#include "bare.h"
#include "case.h"
#include "nested/svm.h"

BODY(nested_host_tf, R"(
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

CASE(nested_host_tf, KERNEL32 | KERNEL64)
{
	if (!SVM_PREPARE(nested_host_tf))
		return;
	bare_aim(MARK(nested_host_tf, "guest"));
	RUN(nested_host_tf);
	bare_note(MARK(nested_host_tf, "call"));
}
