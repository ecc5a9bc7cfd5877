/* SPDX-License-Identifier: BSD-2-Clause */
/* Which MSRs of debugging and of last-branch recording there are: by debug_msrs.toml.
 *
 * SDM Vol. 3, "IA32_DEBUGCTL MSR", "Last Branch Records"; APM Vol. 2, "Debug Registers". */
#include "case.h"
#include "msr.h"

#define CPUID_80000001_ECX_DBX 26
#define CPUID_80000001_EDX_LM 29
#define CPUID_7_EDX_ARCH_LBR 19

CASE(debug_msrs, KERNEL32 | KERNEL64)
{
	u32 version = cpuid(1).eax;

	note("amd=%u", (u32)cpu_is_amd());
	note("family=%u", version >> 8 & 15);
	note("lm=%u", cpuid_if_present(0x80000001).edx >> CPUID_80000001_EDX_LM & 1);
	note("dbx=%u", cpuid_if_present(0x80000001).ecx >> CPUID_80000001_ECX_DBX & 1);
	note("arch_lbr=%u", cpuid_if_present(7).edx >> CPUID_7_EDX_ARCH_LBR & 1);
	note_msr(0x1d9, "IA32_DEBUGCTL");
	note_msr(0x1db, "LastBranchFromIP");
	note_msr(0x1dc, "LastBranchToIP");
	note_msr(0x1dd, "LastIntFromIP");
	note_msr(0x1de, "LastIntToIP");
	note_msr(0x14ce, "IA32_LBR_CTL");
	note_msr(0x14cf, "IA32_LBR_DEPTH");
	note_msr(0xc0011019, "DR1_ADDR_MASK");
	note_msr(0xc001101a, "DR2_ADDR_MASK");
	note_msr(0xc001101b, "DR3_ADDR_MASK");
	note_msr(0xc0011027, "DR0_ADDR_MASK");
}
