/* SPDX-License-Identifier: BSD-2-Clause */
/* INT3 (CC): a trap to vector 3, RIP behind it, DR6 untouched.
 * SDM Vol. 3, "Interrupt 3: Breakpoint Exception (#BP)"; Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"

BODY(int3, MARK(int3) "int3\n" /* */
	   MARK(after) "nop\n");

CASE(int3, KERNEL32 | KERNEL64 | USER32 | USER64)
{
	RUN(int3);
}
