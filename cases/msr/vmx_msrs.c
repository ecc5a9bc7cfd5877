/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of VMX's MSRs there are, and what they say. Each exists on its own condition; by which
 * ones, and what must hold between them, vmx_msrs.toml computes from the CPU's own answers.
 *
 * SDM Vol. 3, Appendix A, "VMX Capability Reporting Facility". */
#include "case.h"
#include "msr.h"

#define CPUID_1_ECX_VMX 5
#define CPUID_1_ECX_SMX 6
#define CPUID_7_EBX_SGX 2
#define CPUID_80000001_EDX_LM 29

CASE(vmx_msrs, KERNEL32 | KERNEL64)
{
	/* In the order of their numbers. */
	static const struct {
		u32 number;
		const char *name;
	} msrs[] = {
		{0x3a, "IA32_FEATURE_CONTROL"},
		{0x480, "IA32_VMX_BASIC"},
		{0x481, "IA32_VMX_PINBASED_CTLS"},
		{0x482, "IA32_VMX_PROCBASED_CTLS"},
		{0x483, "IA32_VMX_EXIT_CTLS"},
		{0x484, "IA32_VMX_ENTRY_CTLS"},
		{0x485, "IA32_VMX_MISC"},
		{0x486, "IA32_VMX_CR0_FIXED0"},
		{0x487, "IA32_VMX_CR0_FIXED1"},
		{0x488, "IA32_VMX_CR4_FIXED0"},
		{0x489, "IA32_VMX_CR4_FIXED1"},
		{0x48a, "IA32_VMX_VMCS_ENUM"},
		{0x48b, "IA32_VMX_PROCBASED_CTLS2"},
		{0x48c, "IA32_VMX_EPT_VPID_CAP"},
		{0x48d, "IA32_VMX_TRUE_PINBASED_CTLS"},
		{0x48e, "IA32_VMX_TRUE_PROCBASED_CTLS"},
		{0x48f, "IA32_VMX_TRUE_EXIT_CTLS"},
		{0x490, "IA32_VMX_TRUE_ENTRY_CTLS"},
		{0x491, "IA32_VMX_VMFUNC"},
		{0x492, "IA32_VMX_PROCBASED_CTLS3"},
		{0x493, "IA32_VMX_EXIT_CTLS2"},
	};

	note("vmx=%u", cpuid(1).ecx >> CPUID_1_ECX_VMX & 1);
	note("smx=%u", cpuid(1).ecx >> CPUID_1_ECX_SMX & 1);
	note("sgx=%u", cpuid_if_present(7).ebx >> CPUID_7_EBX_SGX & 1);
	note("lm=%u", cpuid_if_present(0x80000001).edx >> CPUID_80000001_EDX_LM & 1);
	for (size_t i = 0; i < ARRAY_SIZE(msrs); i++)
		note_msr(msrs[i].number, msrs[i].name);
}
