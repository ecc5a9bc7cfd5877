/* SPDX-License-Identifier: BSD-2-Clause */
/* A data breakpoint of eight bytes: each of them is covered, the bytes on both sides are not, and
 * an access of eight bytes that shares one byte with it is reported.
 *
 * SDM Vol. 3, "Debug Control Register (DR7)" (LEN: 10) and "Debug Registers and Intel 64
 * Processors". */
#include "case.h"

BODY(dbreak_len8, R"(
	.if width == 64
	mov	%al, scratch + 7
mark	before
	mov	%al, scratch + 8
mark	byte_0
	mov	%al, scratch + 12
mark	byte_4
	mov	%al, scratch + 15
mark	byte_7
	mov	%al, scratch + 16
mark	behind
	mov	%rax, scratch + 1
mark	quad_overlaps_first
	mov	%rax, scratch + 15
mark	quad_overlaps_last
	mov	%rax, scratch
mark	quad_before
	mov	%rax, scratch + 16
mark	quad_behind
	nop
	.endif
)");

CASE(dbreak_len8, KERNEL64 | USER64)
{
	breakpoint_set(0, SCRATCH + 8, BREAK_WRITE, 8);
	RUN(dbreak_len8);
}
