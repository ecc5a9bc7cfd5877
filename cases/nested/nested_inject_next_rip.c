/* SPDX-License-Identifier: BSD-2-Clause */
/* What software raises, injected by SVM's hypervisor where CPUID has NRIPS: the return address is
 * the VMCB's nRIP instead of RIP, as after the instruction. Other exceptions have RIP.
 *
 * Linux, "KVM: nSVM: Sync next_rip field from vmcb12 to vmcb02" (2022); APM Vol. 2, "Event
 * Injection". */
#include "case.h"
#include "msr.h"
#include "nested/svm.h"

#define CPUID_SVM 0x8000000a
#define CPUID_SVM_EDX_NRIPS (1u << 3)

BODY(nested_inject_next_rip, R"(
	ud2
mark	next
	nop
)");

static const struct {
	const char *name;
	u32 injection;
} entries[] = {
	{"int_3", EVENT(EVENT_SOFTWARE_INTERRUPT, VECTOR_BP)},
	{"int_1", EVENT(EVENT_SOFTWARE_INTERRUPT, VECTOR_DB)},
	{"int3", EVENT(EVENT_EXCEPTION, VECTOR_BP)},
	{"db", EVENT(EVENT_EXCEPTION, VECTOR_DB)},
};

CASE(nested_inject_next_rip, KERNEL32 | KERNEL64)
{
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		struct nested *nested = SVM_PREPARE(nested_inject_next_rip);

		if (!nested)
			return;
		if (!(cpuid_if_present(CPUID_SVM).edx & CPUID_SVM_EDX_NRIPS)) {
			log_line("needs nrips=1");
			return;
		}
		note("entry=%s", entries[i].name);
		nested->injection = entries[i].injection;
		svm_vmcb.next_rip = MARK(nested_inject_next_rip, "next");
		nested_run();
	}
}
