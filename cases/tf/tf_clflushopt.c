/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over CLFLUSHOPT: one #DB, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "CLFLUSHOPT". */
#include "case.h"
#include "cpu/features.h"

BODY(tf_clflushopt, R"(
	step
mark	clflushopt
	clflushopt scratch
mark	after_clflushopt
	nop
)");

static const struct feature features[] = {{"clflushopt", 7, FEATURE_EBX, 23}};

CASE(tf_clflushopt, PROTECTED_MODES)
{
	if (HAS_FEATURES(features))
		RUN(tf_clflushopt);
}
