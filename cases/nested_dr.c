/* SPDX-License-Identifier: BSD-2-Clause */
/* Breakpoints that the hypervisor arms for a nested guest: DR7 is the VMCB's, DR0 to DR3 are the
 * CPU's. It intercepts #DB, finds DR6 and DR7 in the VMCB, and none of it in its own DR7.
 *
 * APM Vol. 2, "#DB (Debug)" in "Exception Intercepts", "#VMEXIT". */
#include "case.h"
#include "svm.h"

BODY(nested_dr, R"(
mark	nop
	nop
mark	write
	movl	$1, scratch
mark	after
	nop
mark	read
	movl	scratch, %eax
mark	last
	nop
)");

CASE(nested_dr, KERNEL32 | KERNEL64)
{
	struct vmcb *vmcb = SVM_PREPARE(nested_dr);

	if (!vmcb)
		return;
	write_dr0(MARK(nested_dr, "nop"));
	write_dr1(SCRATCH);
	vmcb->dr7 |= DR7_L(0) | DR7_L(1) | breakpoint_fields(0, BREAK_EXECUTE, 1) |
		     breakpoint_fields(1, BREAK_WRITE, 4);
	vmcb->intercept_exceptions = 1u << VECTOR_DB;
	svm_run();
	note("own_dr7=%x", read_dr7());
}
