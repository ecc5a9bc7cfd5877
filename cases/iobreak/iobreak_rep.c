/* SPDX-License-Identifier: BSD-2-Clause */
/* Repeated INS and OUTS report an I/O breakpoint after each iteration: RIP is the instruction's
 * own and RF is set, but for the last iteration.
 *
 * SDM Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions" and "Instruction-Breakpoint
 * Exception Condition" (the values of RF); Vol. 2, "REP/REPE/REPZ/REPNE/REPNZ". */
#include "case.h"

BODY(iobreak_rep, R"(
	mov	$0xe0, %dl
	mov	$scratch, xSI
	mov	$scratch, xDI
	mov	$2, %cl
mark	outs
	rep outsb
mark	outs_ends
	mov	$2, %cl
mark	ins
	rep insb
mark	after
	nop
)");

static bool note_cx(struct trap_frame *frame)
{
	note("cx=%x", frame->cx);
	return false;
}

CASE(iobreak_rep, KERNEL32 | KERNEL64)
{
	traps_set_hook(note_cx);
	write_cr4(read_cr4() | CR4_DE);
	breakpoint_set(0, 0xe0, BREAK_IO, 1);
	RUN(iobreak_rep);
}
