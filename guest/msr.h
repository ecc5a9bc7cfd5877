/* SPDX-License-Identifier: BSD-2-Clause */
/* Model-specific registers that may not be there, and what CPUID says of them. */
#ifndef GUEST_MSR_H
#define GUEST_MSR_H

#include "cpu/x86.h"
#include "types.h"

/* RDMSR and WRMSR. False for a #GP, which is not logged: the MSR does not exist, or does not take
 * that value (SDM Vol. 2, "RDMSR", "WRMSR"). */
bool try_read_msr(u32 msr, u64 *value);
bool try_write_msr(u32 msr, u64 value);

/* Logs the MSR, for a case whose required log is computed: "note msr=480 IA32_VMX_BASIC=...", 16
 * hexadecimal digits or #GP. */
void note_msr(u32 msr, const char *name);

/* The leaf of CPUID, all zeros where the CPU does not have it (SDM Vol. 2, "CPUID"). */
struct cpuid cpuid_if_present(u32 leaf);

#define CPUID_80000001_ECX_SVM (1u << 2)

/* Whether it is AMD's or one of its licensees', whose MSRs are the APM's. */
bool cpu_is_amd(void);

#endif
