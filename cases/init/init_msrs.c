/* SPDX-License-Identifier: BSD-2-Clause */
/* What INIT leaves alone of an application processor's MSRs, unlike RESET: those of SYSENTER,
 * SYSCALL and SWAPGS, the PAT, the TSC_AUX.
 *
 * SDM Vol. 3, "Processor State After Reset" (Table "IA-32 and Intel 64 Processor States Following
 * Power-up, Reset, or INIT": "All Other MSRs"). */
#include "case.h"
#include "cpu/features.h"
#include "cpu/smp.h"

#define AP 1

static const struct msr {
	u32 number;
	const char *name;
	u64 value;
} msrs[] = {
	{MSR_SYSENTER_CS, "sysenter_cs", 0x1110},
	{MSR_SYSENTER_ESP, "sysenter_esp", 0x22222220},
	{MSR_SYSENTER_EIP, "sysenter_eip", 0x33333330},
	{MSR_PAT, "pat",
	 0x0107040600070406}, /* WC, which the guest's tables do not ask for, in PA7 */
	{MSR_STAR, "star", 0x0044003300000000},
	{MSR_LSTAR, "lstar", 0x55555550},
	{MSR_CSTAR, "cstar", 0x66666660},
	{MSR_FMASK, "fmask", 0x00000700},
	{MSR_KERNEL_GS_BASE, "kernel_gs_base", 0x77777770},
	{MSR_TSC_AUX, "tsc_aux", 0x88},
};

static u64 before[ARRAY_SIZE(msrs)];

static void set(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(msrs); i++) {
		before[i] = read_msr(msrs[i].number);
		write_msr(msrs[i].number, msrs[i].value);
	}
}

static void tell(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(msrs); i++) {
		const u64 value = read_msr(msrs[i].number);

		note("%s=%x,%x", msrs[i].name, (word)(value >> 32), (word)(u32)value);
		write_msr(msrs[i].number, before[i]);
	}
}

static const struct feature features[] = {{"sep", 1, FEATURE_EDX, 11},
					  {"pat", 1, FEATURE_EDX, 16},
					  {"lm", 0x80000001, FEATURE_EDX, 29},
					  {"rdtscp", 0x80000001, FEATURE_EDX, 27}};

CASE(init_msrs, KERNEL32 | KERNEL64, .cpus = 2)
{
	if (HAS_FEATURES(features) && smp_run(AP, set))
		smp_run(AP, tell);
}
