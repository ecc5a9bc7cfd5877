/* SPDX-License-Identifier: BSD-2-Clause */
/* What instructions want of the CPU; see features.h. */
#include "cpu/features.h"

#include "log.h"

static bool has_feature(const struct feature *feature)
{
	struct cpuid id;

	if (cpuid(feature->leaf & 0x80000000).eax < feature->leaf)
		return false;
	id = cpuid(feature->leaf);
	switch (feature->reg) {
	case FEATURE_EBX:
		return id.ebx >> feature->bit & 1;
	case FEATURE_ECX:
		return id.ecx >> feature->bit & 1;
	default:
		return id.edx >> feature->bit & 1;
	}
}

bool has_features(const struct feature *features, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!has_feature(&features[i])) {
			log_line("needs %s=1", features[i].name);
			return false;
		}
	}
	return true;
}
