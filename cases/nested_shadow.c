/* SPDX-License-Identifier: BSD-2-Clause */
/* An interrupt shadow in the VMCB and TF: the shadow is over when the first instruction is, and the
 * #DB comes behind that.
 *
 * APM Vol. 2, "Interrupt Shadows", "Single Stepping". */
#include "case.h"
#include "svm.h"

BODY(nested_shadow, R"(
	nop
mark	one
	nop
mark	two
	nop
)");

CASE(nested_shadow, KERNEL32 | KERNEL64)
{
	struct vmcb *vmcb = SVM_PREPARE(nested_shadow);

	if (!vmcb)
		return;
	vmcb->intercept_exceptions = 1u << VECTOR_DB;
	vmcb->interrupt_shadow = INTERRUPT_SHADOW;
	vmcb->rflags |= FLAGS_TF;
	svm_run();
}
