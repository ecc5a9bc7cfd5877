/* SPDX-License-Identifier: BSD-2-Clause */
/* POPF in ring 3, IOPL 0: it loads TF, and leaves IF and IOPL as they are, without a fault.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "POPF/POPFD/POPFQ". */
#include "case.h"

BODY(popf_user_tf, R"(
	pushf
	movb	$0x33, 1(xSP)	# TF, IF and IOPL 3
mark	popf
	popf
mark	first
	nop
mark	second
	nop
)");

CASE(popf_user_tf, USER32 | USER64 | COMPAT32)
{
	RUN(popf_user_tf);
}
