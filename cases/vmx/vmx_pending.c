/* SPDX-License-Identifier: BSD-2-Clause */
/* Debug exceptions that are pending at VM entry, #DB not intercepted: the nested guest's handler
 * takes them before the first instruction, after it in a shadow of MOV SS; not those that no
 * breakpoint enabled.
 *
 * SDM Vol. 3, "Delivery of Pending Debug Exceptions after VM Entry", "Interruptibility State". */
#include "case.h"
#include "entries.h"

BODY(vmx_pending, R"(
	nop
mark	one
	nop
mark	two
	nop
)");

static const struct vmx_entry entries[] = {
	{"b0", .pending = 1},
	{"b0,enabled", .pending = 1 | PENDING_ENABLED},
	{"b0,b3,enabled", .pending = 1 | 1 << 3 | PENDING_ENABLED},
	{"bs", .pending = PENDING_BS},
	{"tf,bs", .flags = FLAGS_TF, .pending = PENDING_BS},
	{"sti,b0,enabled", .flags = FLAGS_IF, .blocking = BLOCKING_BY_STI,
	 .pending = 1 | PENDING_ENABLED},
	{"sti,tf,bs", .flags = FLAGS_IF | FLAGS_TF, .blocking = BLOCKING_BY_STI,
	 .pending = PENDING_BS},
	{"mov_ss,b0,enabled", .blocking = BLOCKING_BY_MOV_SS, .pending = 1 | PENDING_ENABLED},
	{"mov_ss,tf,bs", .flags = FLAGS_TF, .blocking = BLOCKING_BY_MOV_SS, .pending = PENDING_BS},
};

CASE(vmx_pending, KERNEL32 | KERNEL64)
{
	VMX_RUN_ENTRIES(vmx_pending, 0, entries);
}
