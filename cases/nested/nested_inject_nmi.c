/* SPDX-License-Identifier: BSD-2-Clause */
/* An NMI that the hypervisor injects: the nested guest's handler takes it before the first
 * instruction. TF, where it is set, is in the image, and its first single-step trap is after the
 * instruction that the handler's IRET leads to.
 *
 * APM Vol. 2, "Event Injection"; SDM Vol. 3, "Event Injection" in "VM Entries". */
#include "case.h"
#include "nested/any.h"

BODY(nested_inject_nmi, R"(
	nop
mark	one
	nop
)");

static bool run_with(word flags)
{
	struct nested *nested = NESTED_PREPARE(nested_inject_nmi);

	if (!nested)
		return false;
	note("tf=%u", flags == FLAGS_TF);
	nested->flags |= flags;
	nested->injection = EVENT(EVENT_NMI, VECTOR_NMI);
	nested_run();
	return true;
}

CASE(nested_inject_nmi, KERNEL32 | KERNEL64)
{
	if (run_with(0))
		run_with(FLAGS_TF);
}
