/* SPDX-License-Identifier: BSD-2-Clause */
/* A nested guest with TF set, whose #DB its hypervisor intercepts: a #VMEXIT behind each
 * instruction, with DR6 as a handler would see it.
 *
 * APM Vol. 2, "#DB (Debug)" in "Exception Intercepts". */
#include "case.h"
#include "svm.h"

BODY(nested_step, R"(
	nop
mark	one
	nop
mark	two
	nop
mark	three
	nop
mark	four
	nop
mark	five
	nop
)");

CASE(nested_step, KERNEL32 | KERNEL64)
{
	struct vmcb *vmcb = SVM_PREPARE(nested_step);

	if (!vmcb)
		return;
	vmcb->intercept_exceptions = 1u << VECTOR_DB;
	vmcb->rflags |= FLAGS_TF;
	svm_run();
}
