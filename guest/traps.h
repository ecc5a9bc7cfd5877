/* SPDX-License-Identifier: BSD-2-Clause */
/* What every trap goes through: logged, then resumed by one rule. */
#ifndef GUEST_TRAPS_H
#define GUEST_TRAPS_H

#include "frame.h"
#include "log.h"
#include "types.h"

/* Called by boot/traps.asm. Changes FRAME to say where to go on. */
void trap(struct trap_frame *frame);

/* A case's own way to go on from a trap, called when the trap has been logged. It may change FRAME;
 * true means that nothing more is to be done, false that the rule applies. */
typedef bool (*trap_hook)(struct trap_frame *frame);

/* Sets the hook until the end of the case; NULL for none. */
void traps_set_hook(trap_hook hook);

/* Sets a function that sees each trap before it is logged, until the end of the case. Where it
 * returns true, the trap is not logged and execution goes on. For traps that a case counts because
 * a log of them would depend on timing. */
void traps_set_counter(trap_hook counter);

/* Adds to a line of the log what it says of a trap: CPU, place, error code, debug registers, flags,
 * code segment, stack (docs/log.md). */
void line_add_frame(struct line *line, const struct trap_frame *frame, word dr6, word dr7);

/* Whether DR6 tells of an instruction breakpoint that DR7 enables: a #DB before its instruction. */
bool at_instruction_breakpoint(word dr6, word dr7);

/* How many traps this boot has logged. */
u32 traps_logged(void);

#endif
