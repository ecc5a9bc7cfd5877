/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over STAC and CLAC: one #DB each, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "STAC", "CLAC". */
#include "case.h"
#include "cpu/features.h"

BODY(tf_stac_clac, R"(
	step
mark	stac
	stac
mark	clac
	clac
mark	after_clac
	nop
)");

static const struct feature features[] = {{"smap", 7, FEATURE_EBX, 20}};

CASE(tf_stac_clac, KERNEL32 | KERNEL64)
{
	if (HAS_FEATURES(features))
		RUN(tf_stac_clac);
}
