/* SPDX-License-Identifier: BSD-2-Clause */
/* A debug exception that is pending while VM entry injects another event: it is lost, but to INT3
 * and INT n in a shadow of MOV SS, as if the nested guest had executed them behind it. There it
 * comes before the first instruction of the handler.
 *
 * SDM Vol. 3, "Delivery of Pending Debug Exceptions after VM Entry". */
#include "case.h"
#include "vmx.h"

BODY(vmx_inject_pending, R"(
	nop
mark	one
	nop
mark	two
	nop
)");

static const struct {
	const char *event;
	u32 injection, length;
	word blocking;
} events[] = {
	{"hardware_bp", EVENT(EVENT_EXCEPTION, VECTOR_BP), 0, 0},
	{"hardware_bp,mov_ss", EVENT(EVENT_EXCEPTION, VECTOR_BP), 0, BLOCKING_BY_MOV_SS},
	{"int1", EVENT(EVENT_PRIVILEGED_EXCEPTION, VECTOR_DB), 1, 0},
	{"int3", EVENT(EVENT_SOFTWARE_EXCEPTION, VECTOR_BP), 1, 0},
	{"int_33", EVENT(EVENT_SOFTWARE_INTERRUPT, 33), 1, 0},
	{"int3,mov_ss", EVENT(EVENT_SOFTWARE_EXCEPTION, VECTOR_BP), 1, BLOCKING_BY_MOV_SS},
	{"int_33,mov_ss", EVENT(EVENT_SOFTWARE_INTERRUPT, 33), 1, BLOCKING_BY_MOV_SS},
};

CASE(vmx_inject_pending, KERNEL32 | KERNEL64)
{
	for (u32 i = 0; i < ARRAY_SIZE(events); i++) {
		struct nested *nested = VMX_PREPARE(vmx_inject_pending);

		if (!nested)
			return;
		note("event=%s", events[i].event);
		nested->injection = events[i].injection;
		vmx_write(VMCS_ENTRY_INSTRUCTION_LENGTH, events[i].length);
		vmx_write(VMCS_INTERRUPTIBILITY, events[i].blocking);
		vmx_write(VMCS_PENDING_DEBUG, 1 | PENDING_ENABLED);
		nested_run();
	}
}
