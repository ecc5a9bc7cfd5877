/* SPDX-License-Identifier: BSD-2-Clause */
/* Debug registers that do not exist: with REX.R, DR8 to DR15 are #UD.
 *
 * SDM Vol. 2, "MOV--Move to/from Debug Registers". */
#include "case.h"

BODY(mov_dr_ud, R"(
	.if width == 64
mark	from_dr8
	.byte	0x44, 0x0f, 0x21, 0xc0
mark	from_dr15
	.byte	0x44, 0x0f, 0x21, 0xf8
mark	to_dr8
	.byte	0x44, 0x0f, 0x23, 0xc0
mark	to_dr15
	.byte	0x44, 0x0f, 0x23, 0xf8
	.endif
mark	after
	nop
)");

CASE(mov_dr_ud, KERNEL64)
{
	RUN(mov_dr_ud);
}
