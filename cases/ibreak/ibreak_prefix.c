/* SPDX-License-Identifier: BSD-2-Clause */
/* An instruction breakpoint is on the instruction's first byte, which is the first prefix if it has
 * any: one on the opcode after the prefix, or on an operand's byte, is never met.
 *
 * SDM Vol. 3, "Breakpoint Field Recognition". */
#include "case.h"

BODY(ibreak_prefix, R"(
mark	prefix
	.byte	0x3e		# DS
mark	opcode
	mov	$1, %al
mark	behind
	mov	$2, %al
mark	after
	nop
)");

CASE(ibreak_prefix, PROTECTED_MODES)
{
	breakpoint_set(0, MARK(ibreak_prefix, "prefix"), BREAK_EXECUTE, 1);
	breakpoint_set(1, MARK(ibreak_prefix, "opcode"), BREAK_EXECUTE, 1);
	breakpoint_set(2, MARK(ibreak_prefix, "opcode") + 1, BREAK_EXECUTE, 1);
	breakpoint_set(3, MARK(ibreak_prefix, "behind"), BREAK_EXECUTE, 1);
	RUN(ibreak_prefix);
}
