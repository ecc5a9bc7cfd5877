/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over RDSEED: one #DB, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "RDSEED". */
#include "case.h"
#include "cpu/features.h"
#include "random.h"

BODY(tf_rdseed, R"(
	step
mark	rdseed
	rdseed	%eax
mark	after_rdseed
	nop
)");

static const struct feature features[] = {{"rdseed", 7, FEATURE_EBX, 18}};

CASE(tf_rdseed, PROTECTED_MODES)
{
	if (!HAS_FEATURES(features))
		return;
	random_until_there(MARK(tf_rdseed, "rdseed"));
	RUN(tf_rdseed);
}
