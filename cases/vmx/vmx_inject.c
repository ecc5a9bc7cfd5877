/* SPDX-License-Identifier: BSD-2-Clause */
/* #DB, #BP and INT n as VM entry injects them, by the interruption type: the saved RIP is that of
 * the VMCS for a hardware exception, and as far after it as the VM-entry instruction length says
 * for the types of software. They are not checked for intercepts, and leave DR6 alone.
 *
 * SDM Vol. 3, "Event Injection" in "VM Entries". */
#include "case.h"
#include "entries.h"

BODY(vmx_inject, R"(
	nop
mark	one
	nop
mark	two
	nop
mark	three
	nop
)");

static const struct vmx_entry entries[] = {
	{"hardware_db", .injection = EVENT(EVENT_EXCEPTION, VECTOR_DB)},
	{"hardware_bp", .injection = EVENT(EVENT_EXCEPTION, VECTOR_BP)},
	{"int1", .injection = EVENT(EVENT_PRIVILEGED_EXCEPTION, VECTOR_DB), .length = 1},
	{"int1,length_2", .injection = EVENT(EVENT_PRIVILEGED_EXCEPTION, VECTOR_DB), .length = 2},
	{"int3", .injection = EVENT(EVENT_SOFTWARE_EXCEPTION, VECTOR_BP), .length = 1},
	{"int3,length_2", .injection = EVENT(EVENT_SOFTWARE_EXCEPTION, VECTOR_BP), .length = 2},
	{"int_1", .injection = EVENT(EVENT_SOFTWARE_INTERRUPT, VECTOR_DB), .length = 2},
	{"int_3", .injection = EVENT(EVENT_SOFTWARE_INTERRUPT, VECTOR_BP), .length = 2},
	{"int_33", .injection = EVENT(EVENT_SOFTWARE_INTERRUPT, 33), .length = 2},
};

CASE(vmx_inject, KERNEL32 | KERNEL64)
{
	VMX_RUN_ENTRIES(vmx_inject, 1u << VECTOR_DB | 1u << VECTOR_BP, entries);
}
