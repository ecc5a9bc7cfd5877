/* SPDX-License-Identifier: BSD-2-Clause */
/* A nested guest with TF set, whose #DB its hypervisor intercepts: an exit after each
 * instruction. On AMD's CPUs DR6 is as a handler would see it, on Intel's it is not written, and
 * the exit qualification says why.
 *
 * APM Vol. 2, "#DB (Debug)" in "Exception Intercepts"; SDM Vol. 3, "Architectural State Before a VM
 * Exit". */
#include "case.h"
#include "nested/any.h"

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
	struct nested *nested = NESTED_PREPARE(nested_step);

	if (!nested)
		return;
	nested->exceptions = 1u << VECTOR_DB;
	nested->flags |= FLAGS_TF;
	nested_run();
}
