/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over STI under FRED: the #DB after STI says that the shadow is in effect, the next one that it
 * is over.
 *
 * SDM Vol. 3, "FRED Event Delivery"; Vol. 2, "STI". */
#include "case.h"
#include "cpu/fred.h"

#ifdef __x86_64__
BODY(fred_sti, R"(
	step
mark	sti
	sti
mark	shadow
	nop
mark	after
	cli
mark	last
	nop
)");

CASE(fred_sti, KERNEL64)
{
	if (fred_turn_on())
		RUN(fred_sti);
}
#endif
