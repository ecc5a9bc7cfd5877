/* SPDX-License-Identifier: BSD-2-Clause */
/* The same, #DB intercepted: its VM exit comes before that of the timer, which comes at the next VM
 * entry.
 *
 * SDM Vol. 3, "VMX-Preemption Timer" in "Special Features of VM Entry". */
#include "case.h"
#include "entries.h"

BODY(vmx_timer_exit, R"(
	nop
mark	one
	nop
)");

static const struct vmx_entry entries[] = {
	{"tf", .flags = FLAGS_TF, .timer = true},
	{"tf,bs", .flags = FLAGS_TF, .pending = PENDING_BS, .timer = true},
	{"b0,enabled", .pending = 1 | PENDING_ENABLED, .timer = true},
};

CASE(vmx_timer_exit, KERNEL32 | KERNEL64)
{
	VMX_RUN_ENTRIES(vmx_timer_exit, 1u << VECTOR_DB, entries);
}
