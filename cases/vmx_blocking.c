/* SPDX-License-Identifier: BSD-2-Clause */
/* What VM entry refuses of interrupt shadows and of pending debug exceptions by themselves: STI's
 * with IF clear, STI's and MOV SS's at once, reserved bits.
 *
 * SDM Vol. 3, "Checks on Guest Non-Register State". */
#include "case.h"
#include "vmx.h"

BODY(vmx_blocking, R"(
	nop
)");

static const struct {
	const char *entry;
	word blocking, flags, pending;
} entries[] = {
	{"sti,if_clear", BLOCKING_BY_STI, 0, 0},
	{"sti,mov_ss", BLOCKING_BY_STI | BLOCKING_BY_MOV_SS, FLAGS_IF, 0},
	{"blocking_bit_31", 1u << 31, 0, 0},
	{"pending_bit_4", 0, 0, 1u << 4},
	{"pending_bit_11", 0, 0, 1u << 11},
	{"pending_bit_13", 0, 0, 1u << 13},
	{"pending_bit_15", 0, 0, 1u << 15},
};

CASE(vmx_blocking, KERNEL32 | KERNEL64)
{
	for (u32 i = 0; i < ARRAY_SIZE(entries); i++) {
		struct nested *nested = VMX_PREPARE(vmx_blocking);

		if (!nested)
			return;
		note("entry=%s", entries[i].entry);
		nested->flags |= entries[i].flags;
		vmx_write(VMCS_INTERRUPTIBILITY, entries[i].blocking);
		vmx_write(VMCS_PENDING_DEBUG, entries[i].pending);
		nested_run();
	}
}
