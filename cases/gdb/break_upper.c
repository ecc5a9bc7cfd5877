/* SPDX-License-Identifier: BSD-2-Clause */
/* In 64-bit mode and in compatibility mode, breakpoint addresses are compared in all 64 bits: those
 * that differ from what is executed and accessed in bit 32 alone are not met, the others are.
 *
 * SDM Vol. 3, "Debug Registers and Intel 64 Processors". */
#include "case.h"

BODY(break_upper, R"(
mark	write
	mov	%al, scratch
mark	after
	nop
)");

CASE(break_upper, KERNEL64 | USER64 | COMPAT32)
{
	const u64 upper = 1ull << 32;

	breakpoint_set(0, MARK(break_upper, "write") | (word)upper, BREAK_EXECUTE, 1);
	breakpoint_set(1, SCRATCH | (word)upper, BREAK_WRITE, 1);
	breakpoint_set(2, MARK(break_upper, "write"), BREAK_EXECUTE, 1);
	breakpoint_set(3, SCRATCH, BREAK_WRITE, 1);
	RUN(break_upper);
}
