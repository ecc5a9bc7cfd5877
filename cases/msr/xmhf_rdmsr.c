/* SPDX-License-Identifier: BSD-2-Clause */
/* What XMHF did as it started on a CPU, and died of on an HP 2540P: it read VMX's MSRs 0x480 to
 * 0x491 with no #GP handler, those from 0x48d wherever IA32_VMX_BASIC[55] was set, as the table in
 * SDM Vol. 4 has it. By A.11 in Vol. 3 the last one depends on something else. So the case dies
 * there, for which xmhf_rdmsr.toml has the rules, and leaves a panic block.
 *
 * SDM Vol. 3, Appendix A, "VMX Capability Reporting Facility". */
#include "case.h"
#include "msr.h"

#define CPUID_1_ECX_VMX (1u << 5)
#define FIRST_TRUE 0x48du
#define TRUE_CONTROLS (1ull << 55)

/* ADD clears all flags, so that those in the log do not depend on the compiler. */
static inline __attribute__((always_inline)) u64 rdmsr64(u32 msr)
{
	u32 low, high;

	asm volatile("mov $0, %%eax\n\t"
		     "add $1, %%eax\n\t"
		     "rdmsr"
		     : "=a"(low), "=d"(high)
		     : "c"(msr)
		     : "cc");
	return (u64)high << 32 | low;
}

static void __attribute__((noinline)) save_vmx_msrs(void)
{
	static const char *const names[] = {
		"IA32_VMX_BASIC",
		"IA32_VMX_PINBASED_CTLS",
		"IA32_VMX_PROCBASED_CTLS",
		"IA32_VMX_EXIT_CTLS",
		"IA32_VMX_ENTRY_CTLS",
		"IA32_VMX_MISC",
		"IA32_VMX_CR0_FIXED0",
		"IA32_VMX_CR0_FIXED1",
		"IA32_VMX_CR4_FIXED0",
		"IA32_VMX_CR4_FIXED1",
		"IA32_VMX_VMCS_ENUM",
		"IA32_VMX_PROCBASED_CTLS2",
		"IA32_VMX_EPT_VPID_CAP",
		"IA32_VMX_TRUE_PINBASED_CTLS",
		"IA32_VMX_TRUE_PROCBASED_CTLS",
		"IA32_VMX_TRUE_EXIT_CTLS",
		"IA32_VMX_TRUE_ENTRY_CTLS",
		"IA32_VMX_VMFUNC",
	};
	u64 values[ARRAY_SIZE(names)];

	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		u32 msr = 0x480 + i;

		if (msr >= FIRST_TRUE && !(values[0] & TRUE_CONTROLS))
			continue;
		values[i] = rdmsr64(msr);
		note("msr=%h %s=%q", msr, names[i], values[i]);
	}
}

CASE(xmhf_rdmsr, KERNEL32 | KERNEL64)
{
	if (!(cpuid(1).ecx & CPUID_1_ECX_VMX)) {
		log_line("needs vmx=1");
		return;
	}
	note("vmx=%u", 1u);
	save_vmx_msrs();
}
