/* SPDX-License-Identifier: BSD-2-Clause */
/* What software raises, injected by SVM's hypervisor: INT n, INT3, INT1's #DB. None is executed, so
 * the return address is RIP, or what the VMCB has as nRIP where the CPU has that: the same here.
 * DR6 is as the VMCB has it. TF traps no injection, but the instruction after the handler.
 *
 * APM Vol. 2, "Event Injection", "Single Stepping". */
#include "case.h"
#include "nested/svm.h"

BODY(nested_inject_int, R"(
	nop
mark	one
	nop
)");

static const struct {
	const char *name;
	u32 injection;
	word flags;
} entries[] = {
	{"int_3", EVENT(EVENT_SOFTWARE_INTERRUPT, VECTOR_BP), 0},
	{"int_1", EVENT(EVENT_SOFTWARE_INTERRUPT, VECTOR_DB), 0},
	{"int_33", EVENT(EVENT_SOFTWARE_INTERRUPT, 33), 0},
	{"int3", EVENT(EVENT_EXCEPTION, VECTOR_BP), 0},
	{"tf,int_3", EVENT(EVENT_SOFTWARE_INTERRUPT, VECTOR_BP), FLAGS_TF},
	{"tf,int_1", EVENT(EVENT_SOFTWARE_INTERRUPT, VECTOR_DB), FLAGS_TF},
	{"tf,int3", EVENT(EVENT_EXCEPTION, VECTOR_BP), FLAGS_TF},
};

CASE(nested_inject_int, KERNEL32 | KERNEL64)
{
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		struct nested *nested = SVM_PREPARE(nested_inject_int);

		if (!nested)
			return;
		note("entry=%s", entries[i].name);
		nested->injection = entries[i].injection;
		nested->flags |= entries[i].flags;
		svm_vmcb.next_rip = nested->ip;
		nested_run();
	}
}
