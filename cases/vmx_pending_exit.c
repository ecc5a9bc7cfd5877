/* SPDX-License-Identifier: BSD-2-Clause */
/* The same, #DB intercepted: a VM exit where the handler would have been entered.
 *
 * SDM Vol. 3, "Delivery of Pending Debug Exceptions after VM Entry". */
#include "case.h"
#include "vmx.h"

BODY(vmx_pending_exit, R"(
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
	{"bs", 0, 0, PENDING_BS},
	{"mov_ss,b0,enabled", BLOCKING_BY_MOV_SS, 0, 1 | PENDING_ENABLED},
	{"mov_ss,tf,bs", BLOCKING_BY_MOV_SS, FLAGS_TF, PENDING_BS},
};

CASE(vmx_pending_exit, KERNEL32 | KERNEL64)
{
	for (u32 i = 0; i < ARRAY_SIZE(entries); i++) {
		struct nested *nested = VMX_PREPARE(vmx_pending_exit);

		if (!nested)
			return;
		note("entry=%s", entries[i].entry);
		nested->exceptions = 1u << VECTOR_DB;
		nested->flags |= entries[i].flags;
		vmx_write(VMCS_INTERRUPTIBILITY, entries[i].blocking);
		vmx_write(VMCS_PENDING_DEBUG, entries[i].pending);
		nested_run();
	}
}
