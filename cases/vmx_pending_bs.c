/* SPDX-License-Identifier: BSD-2-Clause */
/* VM entry into a shadow of STI or MOV SS, with TF: the instruction that cast it has been stepped,
 * so the single-step trap must be pending, and must not be where TF is clear or BTF holds it back.
 * What contradicts itself is refused. Hypervisors that deliver a #DB to their guest behind STI have
 * met it.
 *
 * SDM Vol. 3, "Checks on Guest Non-Register State". */
#include "case.h"
#include "vmx.h"

BODY(vmx_pending_bs, R"(
	nop
mark	one
	nop
)");

static const struct {
	const char *entry;
	word blocking, flags, debugctl, pending;
} entries[] = {
	{"sti,tf", BLOCKING_BY_STI, FLAGS_IF | FLAGS_TF, 0, 0},
	{"mov_ss,tf", BLOCKING_BY_MOV_SS, FLAGS_TF, 0, 0},
	{"sti,bs", BLOCKING_BY_STI, FLAGS_IF, 0, PENDING_BS},
	{"mov_ss,bs", BLOCKING_BY_MOV_SS, 0, 0, PENDING_BS},
	{"sti,tf,btf,bs", BLOCKING_BY_STI, FLAGS_IF | FLAGS_TF, DEBUGCTL_BTF, PENDING_BS},
	{"mov_ss,tf,btf,bs", BLOCKING_BY_MOV_SS, FLAGS_TF, DEBUGCTL_BTF, PENDING_BS},
};

CASE(vmx_pending_bs, KERNEL32 | KERNEL64)
{
	for (u32 i = 0; i < ARRAY_SIZE(entries); i++) {
		struct nested *nested = VMX_PREPARE(vmx_pending_bs);

		if (!nested)
			return;
		note("entry=%s", entries[i].entry);
		nested->exceptions = 1u << VECTOR_DB;
		nested->flags |= entries[i].flags;
		vmx_write(VMCS_INTERRUPTIBILITY, entries[i].blocking);
		vmx_write(VMCS_DEBUGCTL, entries[i].debugctl);
		vmx_write(VMCS_PENDING_DEBUG, entries[i].pending);
		nested_run();
	}
}
