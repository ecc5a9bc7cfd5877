/* SPDX-License-Identifier: BSD-2-Clause */
/* INS and OUTS meet I/O breakpoints as IN and OUT do, and data breakpoints on what they write and
 * read in the same instruction: one #DB tells of both.
 *
 * SDM Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions" and "Debug Status Register
 * (DR6)"; Vol. 2, "INS/INSB/INSW/INSD", "OUTS/OUTSB/OUTSW/OUTSD". */
#include "case.h"

BODY(iobreak_string, R"(
	mov	$0xe0, %dl
	mov	$scratch, xSI
	mov	$scratch, xDI
	outsb
mark	outs
	insb
mark	ins
	nop
)");

CASE(iobreak_string, KERNEL32 | KERNEL64)
{
	write_cr4(read_cr4() | CR4_DE);
	breakpoint_set(0, 0xe0, BREAK_IO, 1);
	breakpoint_set(1, SCRATCH, BREAK_ACCESS, 1);
	RUN(iobreak_string);
}
