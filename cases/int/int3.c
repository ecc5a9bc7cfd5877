/* SPDX-License-Identifier: BSD-2-Clause */
/* INT3 (CC): a trap to vector 3, RIP after it, DR6 untouched.
 *
 * SDM Vol. 3, "Interrupt 3--Breakpoint Exception (#BP)"; Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"

BODY_16(int3, R"(
mark	int3
	int3
mark	after
	nop
)");

CASE(int3, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(int3);
}
