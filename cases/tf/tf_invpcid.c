/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over INVPCID, of each type: one #DB each, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "INVPCID". */
#include "case.h"
#include "cpu/features.h"
#include "string.h"

BODY(tf_invpcid, R"(
	mov	$scratch, xSI
	step
each	first, nop
each	invpcid_address, invpcid (xSI), xDX
each	load_single, mov $1, xDX
each	invpcid_single, invpcid (xSI), xDX
each	load_all, mov $2, xDX
each	invpcid_all, invpcid (xSI), xDX
each	load_but_global, mov $3, xDX
each	invpcid_but_global, invpcid (xSI), xDX
each	last, nop
)");

static const struct feature features[] = {{"invpcid", 7, FEATURE_EBX, 10}};

CASE(tf_invpcid, KERNEL32 | KERNEL64)
{
	if (!HAS_FEATURES(features))
		return;
	memset(physical(SCRATCH), 0, 16);
	RUN(tf_invpcid);
}
