/* SPDX-License-Identifier: BSD-2-Clause */
/* What every trap goes through: logged, then resumed by one rule. */
#ifndef GUEST_TRAPS_H
#define GUEST_TRAPS_H

#include "frame.h"
#include "types.h"

/* Called by boot/traps.asm. Changes FRAME to say where to go on. */
void trap(struct trap_frame *frame);

/* How many traps this boot has logged. */
u32 traps_logged(void);

#endif
