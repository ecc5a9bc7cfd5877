/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over INT n, INT3 and INT1 under FRED: the return from INT n, a software event, makes the trap
 * after it pending. The others are exceptions: the return from them sets TF for the next
 * instruction.
 *
 * SDM Vol. 3, "FRED Event Delivery"; Vol. 2, "ERETS", "ERETU". */
#include "case.h"
#include "cpu/fred.h"

#ifdef __x86_64__
BODY(fred_tf_int, R"(
	step
mark	int_33
	int	$33
mark	after_int_33
	nop
mark	int3
	int3
mark	after_int3
	nop
mark	int1
	.byte	0xf1
mark	after_int1
	nop
)");

CASE(fred_tf_int, FRED_MODES)
{
	if (fred_turn_on())
		RUN(fred_tf_int);
}
#endif
