/* SPDX-License-Identifier: BSD-2-Clause */
/* Debug exceptions that are pending at VM entry, #DB not intercepted: the nested guest's handler
 * takes them before the first instruction, behind it in a shadow of MOV SS; not those that no
 * breakpoint enabled.
 *
 * SDM Vol. 3, "Delivery of Pending Debug Exceptions after VM Entry", "Interruptibility State". */
#include "case.h"
#include "vmx.h"

BODY(vmx_pending, R"(
	nop
mark	one
	nop
mark	two
	nop
)");

static const struct {
	const char *entry;
	word blocking, flags, pending;
} entries[] = {
	{"b0", 0, 0, 1},
	{"b0,enabled", 0, 0, 1 | PENDING_ENABLED},
	{"b0,b3,enabled", 0, 0, 1 | 1 << 3 | PENDING_ENABLED},
	{"bs", 0, 0, PENDING_BS},
	{"tf,bs", 0, FLAGS_TF, PENDING_BS},
	{"sti,b0,enabled", BLOCKING_BY_STI, FLAGS_IF, 1 | PENDING_ENABLED},
	{"sti,tf,bs", BLOCKING_BY_STI, FLAGS_IF | FLAGS_TF, PENDING_BS},
	{"mov_ss,b0,enabled", BLOCKING_BY_MOV_SS, 0, 1 | PENDING_ENABLED},
	{"mov_ss,tf,bs", BLOCKING_BY_MOV_SS, FLAGS_TF, PENDING_BS},
};

CASE(vmx_pending, KERNEL32 | KERNEL64)
{
	for (u32 i = 0; i < ARRAY_SIZE(entries); i++) {
		struct nested *nested = VMX_PREPARE(vmx_pending);

		if (!nested)
			return;
		note("entry=%s", entries[i].entry);
		nested->flags |= entries[i].flags;
		vmx_write(VMCS_INTERRUPTIBILITY, entries[i].blocking);
		vmx_write(VMCS_PENDING_DEBUG, entries[i].pending);
		nested_run();
	}
}
