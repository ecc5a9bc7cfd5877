/* SPDX-License-Identifier: BSD-2-Clause */
/* #DB and #BP intercepted: that takes INT3, before it is carried out, on Intel's CPUs INT1 too, and
 * none of INT 1 and INT 3.
 *
 * APM Vol. 2, "Exception Intercepts", there "#DB (Debug)" and "#BP (Breakpoint)"; SDM Vol. 3,
 * "Exceptions" in "Other Causes of VM Exits". */
#include "case.h"
#include "nested/any.h"

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
	struct nested *nested = NESTED_PREPARE(nested_int_exceptions);

	if (!nested)
		return;
	nested->exceptions = 1u << VECTOR_DB | 1u << VECTOR_BP;
	nested_run();
}
