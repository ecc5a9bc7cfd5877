/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocking by NMI across VM entry and VM exit, where NMIs do not exit: VM entry takes it from the
 * VMCS, or begins it with an NMI that it injects; VM exit saves it; an IRET of the nested guest
 * ends it. CPUID, which always exits, tells before that IRET and after it. One entry, with CF set,
 * leaves before its IRET: the next finds no blocking all the same.
 *
 * SDM Vol. 3, "Loading Guest Non-Register State", "Event Injection" in "VM Entries", "Saving
 * Non-Register State", "Handling Multiple NMIs". */
#include "case.h"
#include "entries.h"

BODY(vmx_nmi, R"(
	cpuid
mark	iret
	jc	2f
	push_iret_frame
	iret_native
1:
mark	returned
	cpuid
2:
mark	last
	nop
)");

static const struct vmx_entry entries[] = {
	{"blocking_kept", .flags = FLAGS_CF, .blocking = BLOCKING_BY_NMI},
	{"no_blocking", .blocking = 0},
	{"blocking", .blocking = BLOCKING_BY_NMI},
	{"injected_nmi", .injection = EVENT(EVENT_NMI, VECTOR_NMI)},
	{"injected_bp", .injection = EVENT(EVENT_EXCEPTION, VECTOR_BP)},
};

CASE(vmx_nmi, KERNEL32 | KERNEL64)
{
	idt_set_handler(VECTOR_NMI, (const void *)MARK(vmx_nmi, "start"));
	idt_set_handler(VECTOR_BP, (const void *)MARK(vmx_nmi, "start"));
	VMX_RUN_ENTRIES(vmx_nmi, 0, entries);
}
