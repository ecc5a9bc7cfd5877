/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV to and from debug registers, intercepted, where it has exceptions of its own: these come
 * first. The general-detect #DB, after which DR7.GD is clear, and #UD for DR4 and DR5 with CR4.DE.
 * The nested guest's own handlers take both; the debug registers that these use are not
 * intercepted.
 *
 * APM Vol. 2, "Instruction Intercepts". */
#include "case.h"
#include "nested/svm.h"

BODY(nested_mov_dr_order, R"(
mark	from_dr0
	mov	%dr0, xAX
mark	from_dr4
	mov	%db4, xAX
mark	to_dr5
	mov	xBX, %db5
mark	after
	nop
)");

CASE(nested_mov_dr_order, KERNEL32 | KERNEL64)
{
	struct nested *nested = SVM_PREPARE(nested_mov_dr_order);

	if (!nested)
		return;
	svm_vmcb.intercept_dr = INTERCEPT_READ_DR(0) | INTERCEPT_READ_DR(4) | INTERCEPT_WRITE_DR(5);
	svm_vmcb.cr4 |= CR4_DE;
	nested->dr7 |= DR7_GD;
	nested_run();
}
