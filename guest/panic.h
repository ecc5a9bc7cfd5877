/* SPDX-License-Identifier: BSD-2-Clause */
/* The dump of an exception that no case expects: outside of a body, or after its last mark, where
 * nothing says how to go on. Its addresses keep it out of the blocks that are compared, so it is
 * recorded where it happens and printed after the block; the block gets the line "panic cpu=N",
 * with which no log that is required agrees. */
#ifndef GUEST_PANIC_H
#define GUEST_PANIC_H

#include "frame.h"

/* Keeps each CPU's first such trap; later ones until panic_print() are counted. DR6 is what the
 * trap found there. */
void panic_record(const struct trap_frame *frame, word dr6);

/* Prints what was recorded, if anything was. docs/log.md has the form. */
void panic_print(void);

#endif
