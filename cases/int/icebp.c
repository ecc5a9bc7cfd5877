/* SPDX-License-Identifier: BSD-2-Clause */
/* INT1 (F1, "ICEBP"): a trap to vector 1, RIP after it, DR6 untouched, from ring 3 too: the gate's
 * DPL does not count.
 *
 * SDM Vol. 2, "INT n/INTO/INT3/INT1"; Vol. 3, "Interrupt 1--Debug Exception (#DB)". */
#include "case.h"

BODY_16(icebp, R"(
mark	icebp
	.byte	0xf1		# INT1, which older assemblers do not know
mark	after
	nop
)");

CASE(icebp, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(icebp);
}
