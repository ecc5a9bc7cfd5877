/* SPDX-License-Identifier: BSD-2-Clause */
/* INTO: with OF set a trap to vector 4, RIP after it; with OF clear nothing. In 64-bit mode the
 * opcode is invalid, whatever OF is.
 *
 * SDM Vol. 3, "Interrupt 4--Overflow Exception (#OF)"; Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"

BODY_16(into, R"(
mark	clear
	.byte	0xce		# refused by the assembler for 64-bit code
mark	between
	set_of
mark	set
	.byte	0xce
mark	after
	nop
)");

CASE(into, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(into);
}
