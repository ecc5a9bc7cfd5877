/* SPDX-License-Identifier: BSD-2-Clause */
/* Bodies: the instructions that a case asks about, between marks, run in the case's mode with known
 * registers, flags and stack. See case.h for how one is written. */
#ifndef GUEST_BODY_H
#define GUEST_BODY_H

#include "frame.h"
#include "mode.h"
#include "types.h"

struct code {
	const char *start, *end; /* END is a mark too: what follows is the way out */
};

/* OTHER is for modes of another width than the image's own: 32-bit code for compatibility mode in
 * the 64-bit image, 16-bit code in the 32-bit one. */
struct body {
	struct code native, other;
};

/* The registers as the body left them. */
struct registers {
	word ax, bx, cx, dx, si, di, bp, sp, flags;
};

/* Runs the body on this CPU, in the ring of MODE: general registers 0, RFLAGS 2 (interrupts off),
 * an empty stack. A body that is left early (see trap()) returns zeros.
 */
struct registers body_run(const struct body *body, enum mode mode);

/* How a body is entered. */
struct entry {
	word ip, cs, flags, sp, ss;
};

/* For who enters a body by a way of their own: from here to body_finish() it is what this CPU runs,
 * and its last instruction jumps to EXIT. */
struct entry body_prepare(const struct body *body, enum mode mode, const char *exit);
void body_finish(void);

/* The linear address of the mark NAME where a body runs in MODE; 0 if it has none. */
word body_mark(const struct body *body, enum mode mode, const char *name);

/* The linear address of the end of the empty stack on which this CPU runs bodies in MODE. */
word body_stack_top(enum mode mode);

/* Where a trap came from, in the body that this CPU runs: the last mark at or before the saved RIP,
 * and how far after it. The mark is NULL outside of the body. */
struct place {
	const char *mark;
	word offset;
};
struct place body_place(const struct trap_frame *frame);

/* Moves the saved RIP to the first mark after it in the body that this CPU runs. False for none.
 */
bool body_skip_to_next_mark(struct trap_frame *frame);

/* Whether the trap is the body's way out. */
bool body_ends(const struct trap_frame *frame);

/* Whether the saved RIP is the body's last mark, after which only the way out follows. */
bool body_at_end(const struct trap_frame *frame);

/* How many bytes were on the stack of the body that this CPU runs. False if the saved stack pointer
 * is outside of that stack. */
bool body_stack_depth(const struct trap_frame *frame, word *depth);

/* Ends the body that this CPU runs, from a trap in it. */
void body_leave(const struct trap_frame *frame) __attribute__((noreturn));

#endif
