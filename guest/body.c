/* SPDX-License-Identifier: BSD-2-Clause */
/* Bodies; see body.h. */
#include "body.h"

#include "jump.h"
#include "segments.h"
#include "smp.h"
#include "x86.h"

#define STACK_SIZE 16384

struct mark {
	u32 address, name; /* both images lie below 4 GiB */
};

extern const struct mark marks_start[], marks_end[];

/* What a CPU runs; BODY is NULL between bodies. */
static struct running {
	const struct body *body;
	struct jump out;
	struct registers left;
} running[MAX_CPUS];

static u8 stacks[MAX_CPUS][STACK_SIZE] __attribute__((aligned(16)));

/* Where the jump at a body's end goes (see BODY in case.h): set for the mode of the running case.
 */
const void *body_exit;

/* guest/enter.asm */
struct entry {
	word ip, cs, flags, sp, ss;
};
void enter_kernel(const struct entry *entry) __attribute__((noreturn));
void enter_user(const struct entry *entry) __attribute__((noreturn));
extern const char exit_kernel[], exit_user[];

struct registers body_run(const struct body *body, enum mode mode)
{
	u32 cpu = this_cpu();
	struct running *mine = &running[cpu];
	bool user = mode & (USER32 | USER64);
	struct entry entry = {
		.ip = (word)body->start,
		.cs = user ? USER_CS : KERNEL_CS,
		.flags = FLAGS_FIXED,
		.sp = (word)(stacks[cpu] + STACK_SIZE),
		.ss = user ? USER_DS : KERNEL_DS,
	};

	mine->body = body;
	mine->left = (struct registers){0};
	body_exit = user ? exit_user : exit_kernel;
	if (!set_jump(&mine->out)) {
		if (user)
			enter_user(&entry);
		enter_kernel(&entry);
	}
	mine->body = NULL;
	return mine->left;
}

/* Called by guest/enter.asm when a body in the kernel's ring ends. */
void __attribute__((noreturn)) body_left(const struct registers *left)
{
	struct running *mine = &running[this_cpu()];

	mine->left = *left;
	jump(&mine->out);
}

void body_leave(const struct trap_frame *frame)
{
	struct registers left = {0};

	if (frame->vector == VECTOR_LEAVE)
		left = (struct registers){frame->ax, frame->bx,	      frame->cx,
					  frame->dx, frame->si,	      frame->di,
					  frame->bp, frame_sp(frame), frame->flags};
	body_left(&left);
}

static bool within(const struct body *body, word address)
{
	return body && address >= (word)body->start && address <= (word)body->end;
}

struct place body_place(word address)
{
	const struct body *body = running[this_cpu()].body;
	struct place place = {NULL, 0};

	if (!within(body, address))
		return place;
	for (const struct mark *mark = marks_start; mark < marks_end; mark++)
		if (within(body, mark->address) && mark->address <= address &&
		    (!place.mark || address - mark->address <= place.offset))
			place = (struct place){(const char *)(word)mark->name,
					       address - mark->address};
	return place;
}

word body_next_mark(word address)
{
	const struct body *body = running[this_cpu()].body;
	word next = 0;

	for (const struct mark *mark = marks_start; mark < marks_end; mark++)
		if (within(body, mark->address) && mark->address > address &&
		    (!next || mark->address < next))
			next = mark->address;
	return next;
}

bool body_stack_depth(word sp, word *depth)
{
	u32 cpu = this_cpu();

	*depth = (word)(stacks[cpu] + STACK_SIZE) - sp;
	return running[cpu].body && *depth <= STACK_SIZE;
}

void body_forget_all(void)
{
	for (size_t cpu = 0; cpu < ARRAY_SIZE(running); cpu++)
		running[cpu].body = NULL;
}
