/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over MONITOR: one #DB, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "MONITOR". */
#include "case.h"
#include "cpu/features.h"

BODY(tf_monitor, R"(
	mov	$scratch, xAX
	step
mark	monitor
	monitor
mark	after_monitor
	nop
)");

static const struct feature features[] = {{"monitor", 1, FEATURE_ECX, 3}};

CASE(tf_monitor, KERNEL32 | KERNEL64)
{
	if (HAS_FEATURES(features))
		RUN(tf_monitor);
}
