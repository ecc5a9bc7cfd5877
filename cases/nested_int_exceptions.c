/* SPDX-License-Identifier: BSD-2-Clause */
/* #DB and #BP intercepted: that takes INT3, before it is carried out, and none of INT1, INT 1 and
 * INT 3.
 *
 * APM Vol. 2, "Exception Intercepts", there "#DB (Debug)" and "#BP (Breakpoint)". */
#include "case.h"
#include "svm.h"

BODY(nested_int_exceptions, R"(
mark	int3
	int3
mark	int1
	.byte	0xf1
mark	int_33
	int	$33
mark	cd_1
	.byte	0xcd, 1
mark	cd_3
	.byte	0xcd, 3
mark	after
	nop
)");

CASE(nested_int_exceptions, KERNEL32 | KERNEL64)
{
	struct vmcb *vmcb = SVM_PREPARE(nested_int_exceptions);

	if (!vmcb)
		return;
	vmcb->intercept_exceptions = 1u << VECTOR_DB | 1u << VECTOR_BP;
	svm_run();
}
