/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV from and to debug registers takes a general register whatever ModRM.mod says: with the mod of
 * a memory operand nothing is read or written there.
 *
 * SDM Vol. 2, "MOV--Move to/from Debug Registers". */
#include "case.h"

BODY(mov_dr_mod, R"(
	mov	$0x12345670, %ebx
	.byte	0x0f, 0x23, 0x03	# MOV DR0, xBX with mod=00
	.byte	0x0f, 0x21, 0x41	# MOV xCX, DR0 with mod=01, which has no displacement here
mark	after
	nop
)");

CASE(mov_dr_mod, KERNEL32 | KERNEL64)
{
	struct registers left = RUN(mov_dr_mod);

	note("cx=%x dr0=%x", left.cx, read_dr0());
}
