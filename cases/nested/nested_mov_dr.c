/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV to and from debug registers, all of them intercepted: a #VMEXIT before each, with a code for
 * the register and the direction. Nothing is read or written.
 *
 * APM Vol. 2, "Instruction Intercepts", "SVM Intercept Codes". */
#include "case.h"
#include "nested/svm.h"

BODY(nested_mov_dr, R"(
mark	from_dr0
	mov	%dr0, xAX
mark	from_dr1
	mov	%dr1, xAX
mark	from_dr2
	mov	%dr2, xAX
mark	from_dr3
	mov	%dr3, xAX
mark	from_dr6
	mov	%dr6, xAX
mark	from_dr7
	mov	%dr7, xAX
mark	to_dr0
	mov	xBX, %dr0
mark	to_dr1
	mov	xBX, %dr1
mark	to_dr2
	mov	xBX, %dr2
mark	to_dr3
	mov	xBX, %dr3
mark	to_dr6
	mov	xBX, %dr6
mark	to_dr7
	mov	xBX, %dr7
mark	after
	nop
)");

CASE(nested_mov_dr, KERNEL32 | KERNEL64)
{
	struct nested *nested = SVM_PREPARE(nested_mov_dr);
	struct registers left;

	if (!nested)
		return;
	svm_vmcb.intercept_dr = INTERCEPT_ALL_DR;
	for (u32 number = 0; number < 4; number++)
		breakpoint_set_address(number, SCRATCH + number);
	left = nested_run();
	note("ax=%x", left.ax);
	note("dr0=%x dr1=%x dr2=%x dr3=%x", read_dr0(), read_dr1(), read_dr2(), read_dr3());
	note("dr6=%x dr7=%x", nested->dr6, nested->dr7);
}
