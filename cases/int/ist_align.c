/* SPDX-License-Identifier: BSD-2-Clause */
/* In 64-bit mode the CPU aligns the stack on 16 bytes before it pushes a frame: the interrupted
 * stack (INT 32), and one from the interrupt stack table (INT3). The frame has RSP as it was.
 *
 * SDM Vol. 3, "64-Bit Mode Stack Frame" and "Interrupt Stack Table". */
#include "case.h"
#include "cpu/segments.h"

#ifdef __x86_64__
static u8 stack[8192] __attribute__((aligned(16)));

/* How far below the stack pointer that the CPU found the frame starts. */
static bool note_gap(struct trap_frame *frame)
{
	word found =
		frame_vector(frame) == VECTOR_BP ? (word)(stack + sizeof(stack) - 5) : frame->sp;

	note("gap=%u", (u32)(found - (word)(frame + 1)));
	return false;
}

BODY(ist_align, R"(
	int	$32
mark	aligned
	push	xAX
	int	$32
mark	pushed
	lea	-3(xSP), xSP
	int	$32
mark	odd
	int3
mark	ist
	lea	11(xSP), xSP
)");

CASE(ist_align, KERNEL64)
{
	segments_set_interrupt_stack(3, stack + sizeof(stack) - 5);
	idt_set_stack(VECTOR_BP, 3);
	traps_set_hook(note_gap);
	RUN(ist_align);
}
#endif
