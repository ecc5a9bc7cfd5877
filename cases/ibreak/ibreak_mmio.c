/* SPDX-License-Identifier: BSD-2-Clause */
/* Instruction breakpoints on instructions that read and write memory-mapped I/O, which a hypervisor
 * executes itself: a fault before each, RF for that one instruction, and for all of a REP's
 * iterations. The register is the HPET's first, which is read-only; where there is no HPET, nothing
 * is there.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition". */
#include "case.h"

BODY(ibreak_mmio, R"(
	mov	$0xfed00000, %edi
	mov	$2, xCX
mark	read
	mov	(xDI), %eax
mark	write
	mov	%eax, (xDI)
mark	rep
	rep stosl
mark	last
	nop
)");

CASE(ibreak_mmio, KERNEL32 | KERNEL64)
{
	breakpoint_set(0, MARK(ibreak_mmio, "read"), BREAK_EXECUTE, 1);
	breakpoint_set(1, MARK(ibreak_mmio, "write"), BREAK_EXECUTE, 1);
	breakpoint_set(2, MARK(ibreak_mmio, "rep"), BREAK_EXECUTE, 1);
	breakpoint_set(3, MARK(ibreak_mmio, "last"), BREAK_EXECUTE, 1);
	RUN(ibreak_mmio);
}
