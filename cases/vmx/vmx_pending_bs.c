/* SPDX-License-Identifier: BSD-2-Clause */
/* VM entry into a shadow of STI or MOV SS, with TF: the instruction that cast it has been stepped,
 * so the single-step trap must be pending, and must not be where TF is clear or BTF holds it back.
 * What contradicts itself is refused. Hypervisors that deliver a #DB to their guest after STI have
 * met it.
 *
 * SDM Vol. 3, "Checks on Guest Non-Register State". */
#include "case.h"
#include "entries.h"

BODY(vmx_pending_bs, R"(
	nop
mark	one
	nop
)");

static const struct vmx_entry entries[] = {
	{"sti,tf", .flags = FLAGS_IF | FLAGS_TF, .blocking = BLOCKING_BY_STI},
	{"mov_ss,tf", .flags = FLAGS_TF, .blocking = BLOCKING_BY_MOV_SS},
	{"sti,bs", .flags = FLAGS_IF, .blocking = BLOCKING_BY_STI, .pending = PENDING_BS},
	{"mov_ss,bs", .blocking = BLOCKING_BY_MOV_SS, .pending = PENDING_BS},
	{"sti,tf,btf,bs", .flags = FLAGS_IF | FLAGS_TF, .blocking = BLOCKING_BY_STI,
	 .pending = PENDING_BS, .debugctl = DEBUGCTL_BTF},
	{"mov_ss,tf,btf,bs", .flags = FLAGS_TF, .blocking = BLOCKING_BY_MOV_SS,
	 .pending = PENDING_BS, .debugctl = DEBUGCTL_BTF},
};

CASE(vmx_pending_bs, KERNEL32 | KERNEL64)
{
	VMX_RUN_ENTRIES(vmx_pending_bs, 1u << VECTOR_DB, entries);
}
