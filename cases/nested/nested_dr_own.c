/* SPDX-License-Identifier: BSD-2-Clause */
/* The same breakpoints, #DB not intercepted: the nested guest's own handler takes them.
 *
 * APM Vol. 2, "VMRUN Instruction", "Exception Intercepts"; SDM Vol. 3, "Loading Guest Control
 * Registers, Debug Registers, and MSRs". */
#include "case.h"
#include "nested/any.h"

BODY(nested_dr_own, R"(
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

CASE(nested_dr_own, KERNEL32 | KERNEL64)
{
	struct nested *nested = NESTED_PREPARE(nested_dr_own);

	if (!nested)
		return;
	write_dr0(MARK(nested_dr_own, "nop"));
	write_dr1(SCRATCH);
	nested->dr7 |= DR7_L(0) | DR7_L(1) | breakpoint_fields(0, BREAK_EXECUTE, 1) |
		       breakpoint_fields(1, BREAK_WRITE, 4);
	nested_run();
	note("own_dr7=%x", read_dr7());
	note("left_dr7=%x", nested->dr7);
}
