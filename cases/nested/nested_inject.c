/* SPDX-License-Identifier: BSD-2-Clause */
/* A #DB that the hypervisor injects: the nested guest's handler takes it before the first
 * instruction, whatever is intercepted.
 *
 * APM Vol. 2, "Event Injection"; SDM Vol. 3, "Event Injection" in "VM Entries". */
#include "case.h"
#include "nested/any.h"

BODY(nested_inject, R"(
	nop
mark	one
	nop
)");

CASE(nested_inject, KERNEL32 | KERNEL64)
{
	struct nested *nested = NESTED_PREPARE(nested_inject);

	if (!nested)
		return;
	nested->exceptions = 1u << VECTOR_DB;
	nested->dr6 |= 1; /* B0 */
	nested->injection = EVENT(EVENT_EXCEPTION, VECTOR_DB);
	nested_run();
}
