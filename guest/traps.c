/* SPDX-License-Identifier: BSD-2-Clause */
/* The one handler of all traps; see traps.h. */
#include "traps.h"

#include "body.h"
#include "cpu/apic.h"
#include "cpu/fred.h"
#include "cpu/segments.h"
#include "cpu/vectors.h"
#include "cpu/x86.h"
#include "fence.h"
#include "leftover.h"
#include "log.h"
#include "panic.h"

static u32 logged;
static trap_hook hook, counter;

void traps_set_hook(trap_hook new_hook)
{
	hook = new_hook;
}

void traps_set_counter(trap_hook new_counter)
{
	counter = new_counter;
}

static void forget_hooks(void)
{
	hook = counter = NULL;
}
LEFTOVER(running, forget_hooks);

static bool swallow(struct trap_frame *frame)
{
	if (frame_vector(frame) >= VECTOR_EXCEPTIONS)
		apic_end_interrupt((u8)frame_vector(frame));
	return true;
}

/* An interrupt that the case has sent and not taken would be the next one's. */
static void take_pending_interrupts(void)
{
	traps_set_counter(swallow);
	asm volatile("sti\n\t"
		     "nop\n\t"
		     "cli"
		     :
		     :
		     : "memory");
	traps_set_counter(NULL);
}
LEFTOVER(interrupts, take_pending_interrupts);

u32 traps_logged(void)
{
	return logged;
}

static const char *frame_segment_name(const struct trap_frame *frame)
{
	if (frame_is_real(frame))
		return "real16";
	return frame_is_vm86(frame) ? "vm86" : code_segment_name(frame->cs);
}

void line_add_frame(struct line *line, const struct trap_frame *frame, word dr6, word dr7)
{
	const char *segment = frame_segment_name(frame);
	struct place place = body_place(frame);
	word depth;

	line_add(line, " cpu=%u rip=%s", this_cpu(), place.mark ? place.mark : "elsewhere");
	if (place.offset)
		line_add(line, "+%u", (u32)place.offset);
	if (pushes_error(frame_vector(frame)) && !frame_is_real(frame))
		line_add(line, " error=%h", (u32)frame->error);
	line_add(line, " dr6=%x dr7=%x flags=%f", dr6, dr7, frame->flags);
	if (segment)
		line_add(line, " cs=%s", segment);
	else
		line_add(line, " cs=%h", (u32)(frame->cs & 0xffff));
	if (body_stack_depth(frame, &depth))
		line_add(line, " stack=%u", (u32)depth);
	else
		line_add(line, " stack=elsewhere");
#ifdef __x86_64__
	if (frame->vector & FRAME_FRED)
		fred_describe(line, frame);
#endif
}

/* NULL for an interrupt. */
static const char *event_name(const struct trap_frame *frame)
{
#ifdef __x86_64__
	if (frame->vector & FRAME_FRED)
		return fred_event_name(frame);
#endif
	return vector_name(frame_vector(frame));
}

static void log_trap(const struct trap_frame *frame)
{
	const char *name = event_name(frame);
	struct line line;

	line_begin(&line);
	if (name)
		line_add(&line, "%s", name);
	else
		line_add(&line, "INT%u", frame_vector(frame));
	line_add_frame(&line, frame, read_dr6(), read_dr7());
	line_write_counted(&line, &logged);
}

bool at_instruction_breakpoint(word dr6, word dr7)
{
	for (int i = 0; i < 4; i++) {
		bool hit = dr6 >> i & 1, enabled = dr7 >> (2 * i) & 3;

		if (hit && enabled && !(dr7 >> (16 + 4 * i) & 3))
			return true;
	}
	return false;
}

#ifdef __x86_64__
#define STACK_POINTER "rsp"
#else
#define STACK_POINTER "esp"
#endif

/* A DR7.GD that the CPU has not cleared on the way in makes this read a #DB. The flags that are to
 * be logged then must not depend on the compiler. */
static word read_dr6_first(void)
{
	word dr6;

	asm volatile("pushf\n\t"
		     "andw %1, (%%" STACK_POINTER ")\n\t"
		     "popf\n\t"
		     "mov %%dr6, %0"
		     : "=r"(dr6)
		     : "i"((u16) ~(FLAGS_STATUS | FLAGS_IOPL))
		     : "memory", "cc");
	return dr6;
}

/* An NMI from outside says nothing about the case, and the line that it came within is to be whole:
 * it neither spends of the budget nor ends the case. */
static bool spend_trap(const struct trap_frame *frame)
{
	if (frame_vector(frame) == VECTOR_NMI && log_is_within_line())
		return true;
	return fence_spend_trap();
}

/* The rule: a fault goes on at the next mark; an instruction breakpoint goes on with RF set, as a
 * debugger does it (SDM Vol. 3, "Instruction-Breakpoint Exception Condition"); the rest where they
 * say. Single-stepping stops at the body's end: the way out is no part of the question. */
void trap(struct trap_frame *frame)
{
	word dr6 = read_dr6_first();

	if (body_ends(frame))
		body_leave(frame);
	if (frame_vector(frame) == VECTOR_NMI && fence_was_called_off())
		return;
	if (counter && counter(frame))
		return;
	log_trap(frame);
	write_dr6(DR6_INIT);
	if (frame_vector(frame) >= VECTOR_EXCEPTIONS)
		apic_end_interrupt((u8)frame_vector(frame));
	if (!spend_trap(frame)) {
		note("trap_budget=spent");
		if (is_fault(frame_vector(frame)) && !body_place(frame).mark)
			panic_record(frame, dr6);
		fence_abandon();
	}
	if (hook && hook(frame))
		return;
	if (frame_vector(frame) == VECTOR_DB && body_at_end(frame))
		frame->flags &= ~FLAGS_TF;
	if (frame_vector(frame) == VECTOR_DB && at_instruction_breakpoint(dr6, read_dr7()))
		frame->flags |= FLAGS_RF;
	if (is_fault(frame_vector(frame)) && !body_skip_to_next_mark(frame)) {
		panic_record(frame, dr6);
		fence_abandon();
	}
}
