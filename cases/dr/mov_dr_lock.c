/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV from and to debug registers with a LOCK prefix is #UD.
 *
 * SDM Vol. 2, "MOV--Move to/from Debug Registers". */
#include "case.h"

BODY(mov_dr_lock, R"(
mark	from_dr0
	.byte	0xf0, 0x0f, 0x21, 0xc0
mark	to_dr0
	.byte	0xf0, 0x0f, 0x23, 0xc0
mark	after
	nop
)");

CASE(mov_dr_lock, KERNEL32 | KERNEL64)
{
	RUN(mov_dr_lock);
}
