/* SPDX-License-Identifier: BSD-2-Clause */
/* Breakpoints that the hypervisor arms for a nested guest: DR7 is the VMCB's or the VMCS's, DR0
 * to DR3 are the CPU's. It intercepts #DB, and finds nothing enabled in its own DR7.
 *
 * APM Vol. 2, "#DB (Debug)" in "Exception Intercepts", "#VMEXIT"; SDM Vol. 3, "Loading Guest
 * Control Registers, Debug Registers, and MSRs". */
#include "case.h"
#include "nested/any.h"

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
	struct nested *nested = NESTED_PREPARE(nested_dr);

	if (!nested)
		return;
	write_dr0(MARK(nested_dr, "nop"));
	write_dr1(SCRATCH);
	nested->dr7 |= DR7_L(0) | DR7_L(1) | breakpoint_fields(0, BREAK_EXECUTE, 1) |
		       breakpoint_fields(1, BREAK_WRITE, 4);
	nested->exceptions = 1u << VECTOR_DB;
	nested_run();
	note("own_dr7=%x", read_dr7());
}
