/* SPDX-License-Identifier: BSD-2-Clause */
/* Six places to stop at: more than the CPU has debug registers, for whoever has to share them.
 *
 * SDM Vol. 3, "Debug Address Registers (DR0-DR3)". */
#include "case.h"

BODY(hbreak_many, R"(
	nop
mark	first
	lea	1(xAX), xAX
mark	second
	lea	1(xAX), xAX
mark	third
	lea	1(xAX), xAX
mark	fourth
	lea	1(xAX), xAX
mark	fifth
	lea	1(xAX), xAX
mark	sixth
	lea	1(xAX), xAX
mark	after
	nop
)");

CASE(hbreak_many, PROTECTED_MODES)
{
	struct registers left = RUN(hbreak_many);

	note("passed=%u", (u32)left.ax);
}
