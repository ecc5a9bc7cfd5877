/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV from and to debug registers has the mode's own size, whatever the prefixes say: 64 bits in
 * 64-bit code without REX.W, and with the operand-size prefix, which does not make it 16 bits
 * elsewhere.
 *
 * SDM Vol. 2, "MOV--Move to/from Debug Registers". */
#include "case.h"

BODY(mov_dr_size, R"(
	.if width == 64
	mov	$0x123456789abcdef0, %rax
	.else
	mov	$0x9abcdef0, %eax
	.endif
	.byte	0x66, 0x0f, 0x23, 0xc0	# MOV DR0, xAX
	.byte	0x0f, 0x21, 0xc3	# MOV xBX, DR0
	.byte	0x66, 0x0f, 0x21, 0xc1	# MOV xCX, DR0
)");

CASE(mov_dr_size, KERNEL32 | KERNEL64)
{
	struct registers left = RUN(mov_dr_size);

	note("dr0=%x bx=%x cx=%x", read_dr0(), left.bx, left.cx);
}
