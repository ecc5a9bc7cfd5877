/* SPDX-License-Identifier: BSD-2-Clause */
/* The same with TF set: the image has it, the handler runs without, and the first trap is behind
 * the first instruction. Injecting is no step.
 *
 * SDM Vol. 3, "Event Injection" in "VM Entries", "Delivery of Pending Debug Exceptions after VM
 * Entry". */
#include "case.h"
#include "vmx.h"

BODY(vmx_inject_tf, R"(
	nop
mark	one
	nop
mark	two
	nop
)");

static const struct {
	const char *event;
	u32 injection, length;
} events[] = {
	{"hardware_db", EVENT(EVENT_EXCEPTION, VECTOR_DB), 0},
	{"int1", EVENT(EVENT_PRIVILEGED_EXCEPTION, VECTOR_DB), 1},
	{"int3", EVENT(EVENT_SOFTWARE_EXCEPTION, VECTOR_BP), 1},
	{"int_33", EVENT(EVENT_SOFTWARE_INTERRUPT, 33), 1},
};

CASE(vmx_inject_tf, KERNEL32 | KERNEL64)
{
	for (u32 i = 0; i < ARRAY_SIZE(events); i++) {
		struct nested *nested = VMX_PREPARE(vmx_inject_tf);

		if (!nested)
			return;
		note("event=%s", events[i].event);
		nested->flags |= FLAGS_TF;
		nested->injection = events[i].injection;
		vmx_write(VMCS_ENTRY_INSTRUCTION_LENGTH, events[i].length);
		nested_run();
	}
}
