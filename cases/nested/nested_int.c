/* SPDX-License-Identifier: BSD-2-Clause */
/* INT3, INT1 and INT n in a nested guest, nothing intercepted: as without a hypervisor.
 *
 * APM Vol. 2, "Instruction Intercepts", "Exception Intercepts"; SDM Vol. 3, "Exceptions" in "Other
 * Causes of VM Exits". */
#include "case.h"
#include "nested/any.h"

BODY(nested_int, R"(
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

CASE(nested_int, KERNEL32 | KERNEL64)
{
	if (NESTED_PREPARE(nested_int))
		nested_run();
}
