/* SPDX-License-Identifier: BSD-2-Clause */
/* TF under FRED: a #DB after each instruction, whose event data says so in the way of DR6. The
 * return from it is not trapped: no software event led there.
 *
 * SDM Vol. 3, "FRED Event Delivery"; Vol. 2, "ERETS", "ERETU". */
#include "case.h"
#include "cpu/fred.h"

#ifdef __x86_64__
BODY(fred_step, R"(
	step
mark	first
	nop
mark	second
	nop
mark	third
	nop
)");

CASE(fred_step, FRED_MODES)
{
	if (fred_turn_on())
		RUN(fred_step);
}
#endif
