/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over LAHF and SAHF: one #DB each, with the flags that SAHF loads and TF as it was, which SAHF
 * does not reach.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Interrupt 1--Debug Exception (#DB)". */
#include "case.h"

BODY_16(tf_lahf_sahf, R"(
	step
mark	load
	mov	$0xd5, %ah	# SF, ZF, AF, PF and CF
mark	sahf
	sahf
mark	lahf
	lahf
mark	after
	nop
)");

CASE(tf_lahf_sahf, KERNEL32 | USER32 | COMPAT32 | SEGMENT_MODES)
{
	RUN(tf_lahf_sahf);
}
