/* SPDX-License-Identifier: BSD-2-Clause */
/* The dump of a trap that nothing was prepared for. Its addresses keep it out of the blocks that
 * are compared, so it is recorded where it happens and printed behind the block. */
#ifndef GUEST_PANIC_H
#define GUEST_PANIC_H

#include "frame.h"

/* Keeps the first such trap; later ones until panic_print() are counted. */
void panic_record(const struct trap_frame *frame);

/* Prints what was recorded, if anything was. */
void panic_print(void);

#endif
