/* SPDX-License-Identifier: BSD-2-Clause */
/* The VMX-preemption timer expires during VM entry into a shadow of STI or MOV SS: unlike the exits
 * for interrupt windows and NMI windows, its VM exit does not wait for the shadow to end.
 *
 * SDM Vol. 3, "Other Causes of VM Exits", "VMX-Preemption Timer". */
#include "case.h"
#include "entries.h"

BODY(vmx_timer_shadow, R"(
	nop
mark	one
	nop
)");

static const struct vmx_entry entries[] = {
	{"sti", .flags = FLAGS_IF, .blocking = BLOCKING_BY_STI, .timer = true},
	{"mov_ss", .blocking = BLOCKING_BY_MOV_SS, .timer = true},
};

CASE(vmx_timer_shadow, KERNEL32 | KERNEL64)
{
	VMX_RUN_ENTRIES(vmx_timer_shadow, 0, entries);
}
