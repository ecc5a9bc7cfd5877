/* SPDX-License-Identifier: BSD-2-Clause */
/* INT n (CD 03, CD 01): the software interrupts with the breakpoint's and the debug exception's
 * vector. Neither is the one-byte instruction, and CD 01 is no debug exception: DR6 stays as it is.
 *
 * SDM Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"

BODY_16(int_n, R"(
mark	int_3
	.byte	0xcd, 3		# int $3 would be assembled as INT3
mark	int_1
	.byte	0xcd, 1
mark	after
	nop
)");

CASE(int_n, KERNEL32 | KERNEL64 | REAL16)
{
	RUN(int_n);
}
