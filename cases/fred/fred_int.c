/* SPDX-License-Identifier: BSD-2-Clause */
/* INT3, INT1, INT n and INTO under FRED: each with its type and its length, prefixes included, and
 * of none does the event data say anything. No gate refuses any of them in ring 3.
 *
 * SDM Vol. 3, "FRED Event Delivery"; Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"
#include "cpu/fred.h"

#ifdef __x86_64__
BODY(fred_int, R"(
mark	int3
	int3
mark	int_3
	.byte	0xcd, 3
mark	int_33
	int	$33
mark	int1
	.byte	0xf1
mark	int3_prefixes
	.byte	0x66, 0x2e, 0xcc
mark	int_33_prefixes
	.fill	13, 1, 0x2e
	.byte	0xcd, 33
mark	int1_prefix
	.byte	0x2e, 0xf1
mark	after_int1
	nop
	.if width == 32
	set_of
mark	into
	into
	.endif
mark	after
	nop
)");

CASE(fred_int, FRED_MODES)
{
	if (fred_turn_on())
		RUN(fred_int);
}
#endif
