/* SPDX-License-Identifier: BSD-2-Clause */
/* The same with TF set: the image has it, the handler runs without, and the first trap is after
 * the first instruction. Injecting is no step.
 *
 * SDM Vol. 3, "Event Injection" in "VM Entries", "Delivery of Pending Debug Exceptions after VM
 * Entry". */
#include "case.h"
#include "entries.h"

BODY(vmx_inject_tf, R"(
	nop
mark	one
	nop
mark	two
	nop
)");

static const struct vmx_entry entries[] = {
	{"hardware_db", .flags = FLAGS_TF, .injection = EVENT(EVENT_EXCEPTION, VECTOR_DB)},
	{"int1", .flags = FLAGS_TF, .injection = EVENT(EVENT_PRIVILEGED_EXCEPTION, VECTOR_DB),
	 .length = 1},
	{"int3", .flags = FLAGS_TF, .injection = EVENT(EVENT_SOFTWARE_EXCEPTION, VECTOR_BP),
	 .length = 1},
	{"int_33", .flags = FLAGS_TF, .injection = EVENT(EVENT_SOFTWARE_INTERRUPT, 33),
	 .length = 1},
};

CASE(vmx_inject_tf, KERNEL32 | KERNEL64)
{
	VMX_RUN_ENTRIES(vmx_inject_tf, 0, entries);
}
