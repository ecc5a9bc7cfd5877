/* SPDX-License-Identifier: BSD-2-Clause */
/* A debug exception that is pending while VM entry injects another event: it is lost, but to INT3
 * and INT n in a shadow of MOV SS, as if the nested guest had executed them after it. There it
 * comes before the first instruction of the handler.
 *
 * SDM Vol. 3, "Delivery of Pending Debug Exceptions after VM Entry". */
#include "case.h"
#include "entries.h"

BODY(vmx_inject_pending, R"(
	nop
mark	one
	nop
mark	two
	nop
)");

static const struct vmx_entry entries[] = {
	{"hardware_bp", .pending = 1 | PENDING_ENABLED,
	 .injection = EVENT(EVENT_EXCEPTION, VECTOR_BP)},
	{"hardware_bp,mov_ss", .blocking = BLOCKING_BY_MOV_SS, .pending = 1 | PENDING_ENABLED,
	 .injection = EVENT(EVENT_EXCEPTION, VECTOR_BP)},
	{"int1", .pending = 1 | PENDING_ENABLED,
	 .injection = EVENT(EVENT_PRIVILEGED_EXCEPTION, VECTOR_DB), .length = 1},
	{"int3", .pending = 1 | PENDING_ENABLED,
	 .injection = EVENT(EVENT_SOFTWARE_EXCEPTION, VECTOR_BP), .length = 1},
	{"int_33", .pending = 1 | PENDING_ENABLED, .injection = EVENT(EVENT_SOFTWARE_INTERRUPT, 33),
	 .length = 1},
	{"int3,mov_ss", .blocking = BLOCKING_BY_MOV_SS, .pending = 1 | PENDING_ENABLED,
	 .injection = EVENT(EVENT_SOFTWARE_EXCEPTION, VECTOR_BP), .length = 1},
	{"int_33,mov_ss", .blocking = BLOCKING_BY_MOV_SS, .pending = 1 | PENDING_ENABLED,
	 .injection = EVENT(EVENT_SOFTWARE_INTERRUPT, 33), .length = 1},
};

CASE(vmx_inject_pending, KERNEL32 | KERNEL64)
{
	VMX_RUN_ENTRIES(vmx_inject_pending, 0, entries);
}
