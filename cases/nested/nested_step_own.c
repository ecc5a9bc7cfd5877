/* SPDX-License-Identifier: BSD-2-Clause */
/* A nested guest with TF set, whose #DB its hypervisor does not intercept: its own handler takes
 * it. The IDT and trap() are those that it shares with its hypervisor.
 *
 * APM Vol. 2, "Exception Intercepts", "Single Stepping"; SDM Vol. 3, "Exceptions" in "Other
 * Causes of VM Exits". */
#include "case.h"
#include "nested/any.h"

BODY(nested_step_own, R"(
	nop
mark	one
	nop
mark	two
	pushf
	pop	xAX
mark	three
	nop
)");

CASE(nested_step_own, KERNEL32 | KERNEL64)
{
	struct nested *nested = NESTED_PREPARE(nested_step_own);

	if (!nested)
		return;
	nested->flags |= FLAGS_TF;
	note("image=%f", nested_run().ax);
}
