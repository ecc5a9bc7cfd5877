/* SPDX-License-Identifier: BSD-2-Clause */
/* #DB, #BP and INT n as VM entry injects them, by the interruption type: the saved RIP is that of
 * the VMCS for a hardware exception, and as far behind it as the VM-entry instruction length says
 * for the types of software. They are not checked for intercepts, and leave DR6 alone.
 *
 * SDM Vol. 3, "Event Injection" in "VM Entries". */
#include "case.h"
#include "vmx.h"

BODY(vmx_inject, R"(
	nop
mark	one
	nop
mark	two
	nop
mark	three
	nop
)");

static const struct {
	const char *event;
	u32 injection, length;
} events[] = {
	{"hardware_db", EVENT(EVENT_EXCEPTION, VECTOR_DB), 0},
	{"hardware_bp", EVENT(EVENT_EXCEPTION, VECTOR_BP), 0},
	{"int1", EVENT(EVENT_PRIVILEGED_EXCEPTION, VECTOR_DB), 1},
	{"int1,length_2", EVENT(EVENT_PRIVILEGED_EXCEPTION, VECTOR_DB), 2},
	{"int3", EVENT(EVENT_SOFTWARE_EXCEPTION, VECTOR_BP), 1},
	{"int3,length_2", EVENT(EVENT_SOFTWARE_EXCEPTION, VECTOR_BP), 2},
	{"int_1", EVENT(EVENT_SOFTWARE_INTERRUPT, VECTOR_DB), 2},
	{"int_3", EVENT(EVENT_SOFTWARE_INTERRUPT, VECTOR_BP), 2},
	{"int_33", EVENT(EVENT_SOFTWARE_INTERRUPT, 33), 2},
};

CASE(vmx_inject, KERNEL32 | KERNEL64)
{
	for (u32 i = 0; i < ARRAY_SIZE(events); i++) {
		struct nested *nested = VMX_PREPARE(vmx_inject);

		if (!nested)
			return;
		note("event=%s", events[i].event);
		nested->exceptions = 1u << VECTOR_DB | 1u << VECTOR_BP;
		nested->injection = events[i].injection;
		vmx_write(VMCS_ENTRY_INSTRUCTION_LENGTH, events[i].length);
		nested_run();
	}
}
