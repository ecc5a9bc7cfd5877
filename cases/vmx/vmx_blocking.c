/* SPDX-License-Identifier: BSD-2-Clause */
/* What VM entry refuses of interrupt shadows and of pending debug exceptions by themselves: STI's
 * with IF clear, STI's and MOV SS's at once, reserved bits.
 *
 * SDM Vol. 3, "Checks on Guest Non-Register State". */
#include "case.h"
#include "entries.h"

BODY(vmx_blocking, R"(
	nop
)");

static const struct vmx_entry entries[] = {
	{"sti,if_clear", .blocking = BLOCKING_BY_STI},
	{"sti,mov_ss", .flags = FLAGS_IF, .blocking = BLOCKING_BY_STI | BLOCKING_BY_MOV_SS},
	{"blocking_bit_31", .blocking = 1u << 31},
	{"pending_bit_4", .pending = 1u << 4},
	{"pending_bit_11", .pending = 1u << 11},
	{"pending_bit_13", .pending = 1u << 13},
	{"pending_bit_15", .pending = 1u << 15},
};

CASE(vmx_blocking, KERNEL32 | KERNEL64)
{
	VMX_RUN_ENTRIES(vmx_blocking, 0, entries);
}
