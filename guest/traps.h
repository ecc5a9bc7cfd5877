/* SPDX-License-Identifier: BSD-2-Clause */
/* What every trap goes through: logged, then resumed by one rule. */
#ifndef GUEST_TRAPS_H
#define GUEST_TRAPS_H

#include "types.h"

/* What boot/traps.asm and the CPU leave on the stack (SDM Vol. 3, "Stack Usage on Transfers to
 * Interrupt and Exception-Handling Routines" and "64-Bit Mode Stack Frame"). */
struct trap_frame {
#ifdef __x86_64__
	word r15, r14, r13, r12, r11, r10, r9, r8;
	word di, si, bp, bx, dx, cx, ax;
#else
	word gs, fs, es, ds;
	word di, si, bp, handler_sp, bx, dx, cx, ax;
#endif
	word vector;
	word error; /* 0 where the vector pushes none */
	word ip, cs, flags;
	word sp, ss; /* in 32-bit code only where the ring changed: use trap_sp() */
};

/* The stack pointer before the trap. */
word trap_sp(const struct trap_frame *frame);

/* Makes the IDT: interrupt gates for all vectors, of which ring 3 may reach INT3, INTO and the one
 * that ends a case's code. */
void traps_init(void);

/* Loads the IDT on the CPU that asks. */
void traps_load(void);

/* How many traps this boot has logged. */
u32 traps_logged(void);

/* "#DB" for 1 and so on; vectors without a name are written as a number. */
const char *vector_name(u32 vector);

/* Called by boot/traps.asm. Changes FRAME to say where to go on. */
void trap(struct trap_frame *frame);

#endif
