/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of SVM's MSRs there are, and whether EFER.SVME can be set: by svm_msrs.toml.
 *
 * APM Vol. 2, "SVM Related MSRs", "Enabling SVM". */
#include "case.h"
#include "msr.h"

#define CPUID_8000000A_EDX_TSC_RATE 4

CASE(svm_msrs, KERNEL32 | KERNEL64)
{
	struct cpuid svm = {0};
	u64 efer;

	if (cpuid_if_present(0x80000001).ecx & CPUID_80000001_ECX_SVM)
		svm = cpuid_if_present(0x8000000a);
	note("amd=%u", (u32)cpu_is_amd());
	note("svm=%u", (u32) !!(cpuid_if_present(0x80000001).ecx & CPUID_80000001_ECX_SVM));
	note("svm_revision=%u", svm.eax & 0xff);
	note("asids=%u", svm.ebx);
	note("tsc_rate=%u", svm.edx >> CPUID_8000000A_EDX_TSC_RATE & 1);
	note_msr(0xc0000104, "TSC_RATIO");
	note_msr(MSR_VM_CR, "VM_CR");
	note_msr(0xc0010115, "IGNNE");
	note_msr(MSR_VM_HSAVE_PA, "VM_HSAVE_PA");
	try_read_msr(MSR_EFER, &efer);
	if (try_write_msr(MSR_EFER, efer | EFER_SVME))
		note_msr(MSR_EFER, "EFER_WITH_SVME");
	else
		note("msr=%h EFER_WITH_SVME=#GP", MSR_EFER);
}
