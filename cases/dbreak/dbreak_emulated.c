/* SPDX-License-Identifier: BSD-2-Clause */
/* Data breakpoints on the operand in memory of instructions that a hypervisor executes itself, as
 * they do I/O beside it: OUTS and INS, and MOVS and PUSH whose other operand is memory-mapped. Its
 * register is the HPET's first, which is read-only; where there is no HPET, nothing is there.
 *
 * SDM Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions". */
#include "case.h"

/* The traps before PUSH have their frames further down the stack. */
#define PUSHED 64

BODY(dbreak_emulated, R"(
	lea	-128(xSP), xSP
	mov	$0x80, %edx
	mov	$scratch, xSI
	outsl
mark	out
	mov	$scratch, xDI
	insl
mark	in
	mov	$0xfed00000, %esi
	mov	$scratch, xDI
	movsl
mark	moved_from
	mov	$scratch, xSI
	mov	$0xfed00000, %edi
	movsl
mark	moved_to
	lea	64(xSP), xSP
	mov	$0xfed00000, %edi
	push	(xDI)
mark	pushed
	nop
)");

CASE(dbreak_emulated, KERNEL32 | KERNEL64)
{
	breakpoint_set(0, SCRATCH, BREAK_ACCESS, 4);
	breakpoint_set(1, body_stack_top(fence_mode()) - PUSHED - sizeof(word), BREAK_ACCESS, 4);
	RUN(dbreak_emulated);
}
