/* SPDX-License-Identifier: BSD-2-Clause */
/* LOCK before an instruction that cannot be locked is #UD, and nothing else comes of the
 * instruction: INT3, INT1, INT n, PUSHF, POPF, NOP, IRET, STI.
 *
 * SDM Vol. 2, "LOCK--Assert LOCK# Signal Prefix". */
#include "case.h"

BODY_16(int_lock, R"(
mark	int3
	.byte	0xf0, 0xcc
mark	int1
	.byte	0xf0, 0xf1
mark	int_3
	.byte	0xf0, 0xcd, 3
mark	pushf
	.byte	0xf0, 0x9c
mark	popf
	.byte	0xf0, 0x9d
mark	nop
	.byte	0xf0, 0x90
mark	frame
	push_iret_frame
mark	iret
	.byte	0xf0
	iret_native
1:
mark	sti
	.byte	0xf0, 0xfb
mark	after
	nop
)");

CASE(int_lock, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(int_lock);
}
