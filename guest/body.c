/* SPDX-License-Identifier: BSD-2-Clause */
/* Bodies; see body.h. */
#include "body.h"

#include "cpu/fred.h"
#include "cpu/idt.h"
#include "cpu/jump.h"
#include "cpu/real.h"
#include "cpu/segments.h"
#include "cpu/smp.h"
#include "cpu/x86.h"
#include "leftover.h"
#include "string.h"

#define STACK_SIZE 16384

/* In the order of their addresses, as bodies and their marks are linked in the same order. */
struct mark {
	u32 address, name; /* both images lie below 4 GiB */
};

extern const struct mark marks_start[], marks_end[];

#define SEGMENT_STACK_TOP 0xfff0u /* in BODY_SEGMENT */

/* What a CPU runs; CODE.start is NULL between bodies. BASE is the address at which the code's start
 * runs, TOP the stack pointer of its empty stack. */
static struct running {
	struct code code;
	word base, stack_top;
	struct jump out;
	struct registers left;
} running[MAX_CPUS];

static u8 stacks[MAX_CPUS][STACK_SIZE] __attribute__((aligned(16)));

/* Where the jump at a body's end goes (see BODY in case.h): set for the mode of the running case.
 */
const void *body_exit;

/* guest/cpu/enter.asm */
void enter_kernel(const struct entry *entry) __attribute__((noreturn));
void enter_user(const struct entry *entry) __attribute__((noreturn));
void enter_user_by_fred(const struct entry *entry) __attribute__((noreturn));
void enter_vm86(const struct entry *entry) __attribute__((noreturn));
void enter_real(const struct entry *entry) __attribute__((noreturn)); /* guest/cpu/real.asm */
extern const char exit_kernel[], exit_user[];

static const struct code *code_for(const struct body *body, enum mode mode)
{
	return mode & (COMPAT32 | SEGMENT_MODES) ? &body->other : &body->native;
}

/* The first mark after ADDRESS, or marks_end. There are some thousand, so halve: each trap asks. */
static const struct mark *mark_after(word address)
{
	const struct mark *first = marks_start;

	for (size_t count = (size_t)(marks_end - first); count;) {
		size_t half = count / 2;

		if (first[half].address <= address) {
			first += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return first;
}

word body_mark(const struct body *body, enum mode mode, const char *name)
{
	const struct code *code = code_for(body, mode);
	word start = (word)code->start;

	for (const struct mark *mark = mark_after(start - 1);
	     mark < marks_end && mark->address <= (word)code->end; mark++)
		if (!strcmp((const char *)(word)mark->name, name))
			return mark->address - start +
			       (mode & SEGMENT_MODES ? BODY_SEGMENT << 4 : start);
	return 0;
}

word body_stack_top(enum mode mode)
{
	if (mode & SEGMENT_MODES)
		return (BODY_SEGMENT << 4) + SEGMENT_STACK_TOP;
	return (word)(stacks[this_cpu()] + STACK_SIZE);
}

struct entry body_prepare(const struct body *body, enum mode mode, const char *exit)
{
	struct running *mine = &running[this_cpu()];
	struct entry entry = {.flags = FLAGS_FIXED};

	mine->left = (struct registers){0};
	body_exit = exit;
	mine->code = *code_for(body, mode);
	if (mode & SEGMENT_MODES) {
		memcpy(physical(BODY_SEGMENT << 4), mine->code.start,
		       (size_t)(mine->code.end - mine->code.start) + 16);
		mine->base = 0;
		mine->stack_top = SEGMENT_STACK_TOP;
		entry.cs = entry.ss = BODY_SEGMENT;
		if (mode == VM86)
			entry.flags |= FLAGS_VM | FLAGS_IOPL;
	} else {
		mine->base = (word)mine->code.start;
		mine->stack_top = (word)(stacks[mine - running] + STACK_SIZE);
		entry.cs = mode == COMPAT32 ? USER_CS32 : mode & KERNEL_MODE ? KERNEL_CS : USER_CS;
		entry.ss = mode & KERNEL_MODE ? KERNEL_DS : USER_DS;
	}
	entry.ip = mine->base;
	entry.sp = mine->stack_top;
	return entry;
}

void body_finish(void)
{
	running[this_cpu()].code.start = NULL;
}

struct registers body_run(const struct body *body, enum mode mode)
{
	struct running *mine = &running[this_cpu()];
	struct entry entry = body_prepare(body, mode, mode & KERNEL_MODE ? exit_kernel : exit_user);

	if (!set_jump(&mine->out)) {
#ifndef __x86_64__
		if (mode == VM86)
			enter_vm86(&entry);
		if (mode == REAL16) {
			real_begin();
			enter_real(&entry);
		}
#endif
		if (mode & KERNEL_MODE)
			enter_kernel(&entry);
#ifdef __x86_64__
		if (fred_is_on())
			enter_user_by_fred(&entry);
#endif
		enter_user(&entry);
	}
	body_finish();
	return mine->left;
}

/* Called by guest/cpu/enter.asm when a body in the kernel's ring ends. */
void __attribute__((noreturn)) body_left(const struct registers *left)
{
	struct running *mine = &running[this_cpu()];

	mine->left = *left;
	jump(&mine->out);
}

void body_leave(const struct trap_frame *frame)
{
	struct registers left = {0};

	if (body_ends(frame))
		left = (struct registers){frame->ax, frame->bx,	      frame->cx,
					  frame->dx, frame->si,	      frame->di,
					  frame->bp, frame_sp(frame), frame->flags};
	body_left(&left);
}

/* Whether the trap came in one of SEGMENT_MODES. */
static bool in_segment(const struct trap_frame *frame)
{
	return frame_is_vm86(frame) || frame_is_real(frame);
}

/* The saved RIP as an address in the running code as it was linked; 0 elsewhere. */
static word linked_ip(const struct trap_frame *frame)
{
	const struct running *mine = &running[this_cpu()];
	word offset = frame->ip - mine->base;

	if (!mine->code.start || offset > (word)(mine->code.end - mine->code.start))
		return 0;
	if (in_segment(frame) && (frame->cs & 0xffff) != BODY_SEGMENT)
		return 0;
	return (word)mine->code.start + offset;
}

struct place body_place(const struct trap_frame *frame)
{
	word ip = linked_ip(frame);

	if (!ip)
		return (struct place){NULL, 0};
	/* Each body's first instruction has a mark. */
	const struct mark *mark = mark_after(ip) - 1;

	return (struct place){(const char *)(word)mark->name, ip - mark->address};
}

bool body_at_end(const struct trap_frame *frame)
{
	return linked_ip(frame) == (word)running[this_cpu()].code.end;
}

bool body_skip_to_next_mark(struct trap_frame *frame)
{
	word ip = linked_ip(frame);

	if (!ip || body_at_end(frame))
		return false;
	frame->ip += mark_after(ip)->address - ip;
	return true;
}

bool body_ends(const struct trap_frame *frame)
{
	if (in_segment(frame))
		return frame_vector(frame) == VECTOR_UD && body_at_end(frame);
	return frame_vector(frame) == VECTOR_LEAVE && frame_from_user(frame);
}

bool body_stack_depth(const struct trap_frame *frame, word *depth)
{
	const struct running *mine = &running[this_cpu()];

	if (in_segment(frame) && (frame->ss & 0xffff) != BODY_SEGMENT)
		return false;
	*depth = mine->stack_top - frame_sp(frame);
	return mine->code.start && *depth <= STACK_SIZE;
}

static void forget_all(void)
{
	for (size_t cpu = 0; cpu < ARRAY_SIZE(running); cpu++)
		running[cpu].code.start = NULL;
}
LEFTOVER(running, forget_all);
