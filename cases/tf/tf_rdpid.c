/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over RDPID: one #DB, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "RDPID". */
#include "case.h"
#include "cpu/features.h"

BODY(tf_rdpid, R"(
	step
mark	rdpid
	rdpid	xAX
mark	after_rdpid
	nop
)");

static const struct feature features[] = {{"rdpid", 7, FEATURE_ECX, 22}};

CASE(tf_rdpid, PROTECTED_MODES)
{
	if (HAS_FEATURES(features))
		RUN(tf_rdpid);
}
