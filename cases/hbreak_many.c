/* SPDX-License-Identifier: BSD-2-Clause */
/* Six places to stop at: more than the CPU has debug registers, for whoever has to share them.
 *
 * SDM Vol. 3, "Debug Address Registers (DR0-DR3)". */
#include "case.h"

BODY(hbreak_many, R"(
	nop
mark	first
	nop
mark	second
	nop
mark	third
	nop
mark	fourth
	nop
mark	fifth
	nop
mark	sixth
	nop
mark	after
	nop
)");

CASE(hbreak_many, PROTECTED_MODES)
{
	RUN(hbreak_many);
}
