/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that VM entry does not inject: it is refused, for what the controls say.
 *
 * SDM Vol. 3, "VM-Entry Control Fields" in "Checks on VMX Controls and Host-State Area". */
#include "case.h"
#include "entries.h"

#define RESERVED (1u << 12)
#define RESERVED_TYPE ((enum event_type)1)

BODY(vmx_inject_refused, R"(
	nop
mark	one
	nop
)");

static const struct vmx_entry entries[] = {
	{"reserved_type", .injection = EVENT(RESERVED_TYPE, VECTOR_DB), .length = 1},
	{"nmi,vector_1", .injection = EVENT(EVENT_NMI, VECTOR_DB)},
	{"hardware,vector_32", .injection = EVENT(EVENT_EXCEPTION, 32)},
	{"reserved_bit", .injection = EVENT(EVENT_EXCEPTION, VECTOR_DB) | RESERVED},
	{"int1,length_16", .injection = EVENT(EVENT_PRIVILEGED_EXCEPTION, VECTOR_DB), .length = 16},
	{"int3,length_16", .injection = EVENT(EVENT_SOFTWARE_EXCEPTION, VECTOR_BP), .length = 16},
	{"int_n,length_16", .injection = EVENT(EVENT_SOFTWARE_INTERRUPT, 33), .length = 16},
	{"hardware_db,length_16", .injection = EVENT(EVENT_EXCEPTION, VECTOR_DB), .length = 16},
};

CASE(vmx_inject_refused, KERNEL32 | KERNEL64)
{
	VMX_RUN_ENTRIES(vmx_inject_refused, 0, entries);
}
