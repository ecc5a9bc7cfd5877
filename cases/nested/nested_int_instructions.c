/* SPDX-License-Identifier: BSD-2-Clause */
/* INT n and ICEBP intercepted: a #VMEXIT before each INT n and INT1, whatever the vector. INT3 is
 * none of them.
 *
 * APM Vol. 2, "Instruction Intercepts". */
#include "case.h"
#include "nested/svm.h"

BODY(nested_int_instructions, R"(
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

CASE(nested_int_instructions, KERNEL32 | KERNEL64)
{
	if (!SVM_PREPARE(nested_int_instructions))
		return;
	svm_vmcb.intercept_misc1 |= INTERCEPT_INT_N;
	svm_vmcb.intercept_misc2 |= INTERCEPT_ICEBP;
	nested_run();
}
