/* SPDX-License-Identifier: BSD-2-Clause */
/* A nested guest with TF set, whose #DB its hypervisor does not intercept: its own handler takes
 * it. The IDT and trap() are those that it shares with its hypervisor.
 *
 * APM Vol. 2, "Exception Intercepts", "Single Stepping". */
#include "case.h"
#include "svm.h"

BODY(nested_step_own, R"(
	nop
mark	one
	nop
mark	two
	pushf
	pop	xAX
mark	three
	nop
)");

CASE(nested_step_own, KERNEL32 | KERNEL64)
{
	struct vmcb *vmcb = SVM_PREPARE(nested_step_own);

	if (!vmcb)
		return;
	vmcb->rflags |= FLAGS_TF;
	note("image=%f", svm_run().ax);
}
