/* SPDX-License-Identifier: BSD-2-Clause */
/* An interrupt shadow in the VMCB and TF: the shadow is over when the first instruction is, and the
 * #DB comes after that.
 *
 * APM Vol. 2, "Interrupt Shadows", "Single Stepping". */
#include "case.h"
#include "nested/svm.h"

BODY(nested_shadow, R"(
	nop
mark	one
	nop
mark	two
	nop
)");

CASE(nested_shadow, KERNEL32 | KERNEL64)
{
	struct nested *nested = SVM_PREPARE(nested_shadow);

	if (!nested)
		return;
	nested->exceptions = 1u << VECTOR_DB;
	svm_vmcb.interrupt_shadow = INTERRUPT_SHADOW;
	nested->flags |= FLAGS_TF;
	nested_run();
}
