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

bool is_intel(void)
{
	struct cpuid id = cpuid(0);

	if (id.ebx == 0x756e6547 && id.edx == 0x49656e69 && id.ecx == 0x6c65746e)
		return true;
	log_line("needs vendor=GenuineIntel");
	return false;
}
