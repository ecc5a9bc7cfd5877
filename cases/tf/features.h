/* SPDX-License-Identifier: BSD-2-Clause */
/* What the rows of instructions that are stepped (tf_every_*) want of the CPU. */
#ifndef TF_FEATURES_H
#define TF_FEATURES_H

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

#endif
