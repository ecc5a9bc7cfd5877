/* SPDX-License-Identifier: BSD-2-Clause */
/* What instructions want of the CPU, for cases that cannot ask without them. */
#ifndef GUEST_CPU_FEATURES_H
#define GUEST_CPU_FEATURES_H

#include "cpu/x86.h"
#include "types.h"

/* A bit of one register of CPUID (SDM Vol. 2, "CPUID"). */
struct feature {
	const char *name; /* for the log: "needs NAME=1" */
	u32 leaf;
	enum { FEATURE_EBX, FEATURE_ECX, FEATURE_EDX } reg;
	u32 bit;
};

/* Whether the CPU has all of them. If not, the log says what the first one is that it has not. */
bool has_features(const struct feature *features, size_t count);
#define HAS_FEATURES(features) has_features(features, ARRAY_SIZE(features))

/* Whether the CPU is Intel's, or says so, for what only the SDM decides. If not, the log has "needs
 * vendor=GenuineIntel". */
bool is_intel(void);

#endif
