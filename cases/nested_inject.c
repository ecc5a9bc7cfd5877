/* SPDX-License-Identifier: BSD-2-Clause */
/* A #DB that the hypervisor injects: the nested guest's handler takes it before the first
 * instruction, whatever is intercepted.
 *
 * APM Vol. 2, "Event Injection". */
#include "case.h"
#include "svm.h"

BODY(nested_inject, R"(
	nop
mark	one
	nop
)");

CASE(nested_inject, KERNEL32 | KERNEL64)
{
	struct vmcb *vmcb = SVM_PREPARE(nested_inject);

	if (!vmcb)
		return;
	vmcb->intercept_exceptions = 1u << VECTOR_DB;
	vmcb->dr6 |= 1; /* B0 */
	vmcb->event_injection = EVENT(EVENT_EXCEPTION, VECTOR_DB);
	svm_run();
}
