/* SPDX-License-Identifier: BSD-2-Clause */
/* The VMX-preemption timer expires during VM entry, beside other events. What VM entry injects and
 * the debug exceptions that it makes pending come first, so that the VM exit is at the first
 * instruction of their handler; a trap that the nested guest has yet to meet does not.
 *
 * SDM Vol. 3, "VMX-Preemption Timer" in "Special Features of VM Entry". */
#include "case.h"
#include "entries.h"

BODY(vmx_timer, R"(
	nop
mark	one
	nop
)");

static const struct vmx_entry entries[] = {
	{"nothing", .timer = true},
	{"tf", .flags = FLAGS_TF, .timer = true},
	{"tf,bs", .flags = FLAGS_TF, .pending = PENDING_BS, .timer = true},
	{"b0,enabled", .pending = 1 | PENDING_ENABLED, .timer = true},
	{"b0", .pending = 1, .timer = true},
	{"hardware_db", .injection = EVENT(EVENT_EXCEPTION, VECTOR_DB), .timer = true},
	{"int1", .injection = EVENT(EVENT_PRIVILEGED_EXCEPTION, VECTOR_DB), .length = 1,
	 .timer = true},
	{"int3", .injection = EVENT(EVENT_SOFTWARE_EXCEPTION, VECTOR_BP), .length = 1,
	 .timer = true},
	{"int_33", .injection = EVENT(EVENT_SOFTWARE_INTERRUPT, 33), .length = 2, .timer = true},
};

CASE(vmx_timer, KERNEL32 | KERNEL64)
{
	VMX_RUN_ENTRIES(vmx_timer, 0, entries);
}
