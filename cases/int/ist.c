/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupt stack table: a gate with an IST index puts its handler on that stack, whatever the
 * ring was; the frame has the RSP that was interrupted. A gate without one stays on the stack in
 * ring 0, and takes RSP0 from ring 3.
 *
 * SDM Vol. 3, "Interrupt Stack Table" and "64-Bit Mode Stack Frame"; APM Vol. 2, "Interrupt-Stack
 * Table". */
#include "case.h"
#include "cpu/segments.h"

#ifdef __x86_64__
#define IST_SIZE 8192

static u8 stacks[2][IST_SIZE] __attribute__((aligned(16)));

static const char *stack_name(const struct trap_frame *frame)
{
	const u8 *top = (const u8 *)(frame + 1);

	if (top == stacks[0] + IST_SIZE)
		return "ist1";
	if (top == stacks[1] + IST_SIZE)
		return "ist7";
	return top == (const u8 *)(frame->sp & ~15ul) ? "same" : "other";
}

static bool note_stack(struct trap_frame *frame)
{
	note("handler_stack=%s", stack_name(frame));
	return false;
}

BODY(ist, R"(
	push	xAX
	int3
mark	int_32
	int	$32
mark	write
	mov	%al, scratch
mark	written
	nop
)");

BODY(ist_tf, R"(
	step
mark	nop
	nop
)");

CASE(ist, KERNEL64 | USER64 | COMPAT32)
{
	segments_set_interrupt_stack(1, stacks[0] + IST_SIZE);
	segments_set_interrupt_stack(7, stacks[1] + IST_SIZE);
	idt_set(32, INTERRUPT_GATE, 3);
	idt_set_stack(VECTOR_DB, 1);
	idt_set_stack(VECTOR_BP, 7);
	breakpoint_set(0, SCRATCH, BREAK_WRITE, 1);
	traps_set_hook(note_stack);
	RUN(ist);
	breakpoints_clear();
	RUN(ist_tf);
}
#endif
