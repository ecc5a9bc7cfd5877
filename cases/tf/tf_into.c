/* SPDX-License-Identifier: BSD-2-Clause */
/* INTO with TF set: not taken, an instruction like any other, with its #DB; taken, #OF saves TF,
 * and no #DB comes of INTO itself: it clears TF. The next one is after the instruction that
 * follows.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"

BODY_16(into_not_taken, R"(
	step
mark	into
	.byte	0xce		# refused by the assembler for 64-bit code
mark	after
	nop
)");

BODY_16(into_taken, R"(
	set_of
	step
mark	into
	.byte	0xce
mark	after
	nop
)");

CASE(tf_into, KERNEL32 | USER32 | COMPAT32 | SEGMENT_MODES)
{
	note("of=clear");
	RUN(into_not_taken);
	note("of=set");
	RUN(into_taken);
}
