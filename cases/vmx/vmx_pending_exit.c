/* SPDX-License-Identifier: BSD-2-Clause */
/* The same, #DB intercepted: a VM exit where the handler would have been entered.
 *
 * SDM Vol. 3, "Delivery of Pending Debug Exceptions after VM Entry". */
#include "case.h"
#include "entries.h"

BODY(vmx_pending_exit, R"(
	nop
mark	one
	nop
mark	two
	nop
)");

static const struct vmx_entry entries[] = {
	{"b0", .pending = 1},
	{"b0,enabled", .pending = 1 | PENDING_ENABLED},
	{"bs", .pending = PENDING_BS},
	{"mov_ss,b0,enabled", .blocking = BLOCKING_BY_MOV_SS, .pending = 1 | PENDING_ENABLED},
	{"mov_ss,tf,bs", .flags = FLAGS_TF, .blocking = BLOCKING_BY_MOV_SS, .pending = PENDING_BS},
};

CASE(vmx_pending_exit, KERNEL32 | KERNEL64)
{
	VMX_RUN_ENTRIES(vmx_pending_exit, 1u << VECTOR_DB, entries);
}
