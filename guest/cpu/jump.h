/* SPDX-License-Identifier: BSD-2-Clause */
/* setjmp and longjmp: the way back out of a case, whatever it did. */
#ifndef GUEST_CPU_JUMP_H
#define GUEST_CPU_JUMP_H

#include "types.h"

/* The registers that a function must preserve, its stack pointer and its return address. */
struct jump {
	word registers[8];
};

/* Returns 0, and 1 again for each jump() to the same place. The function that calls it must not
 * have returned by then. */
int set_jump(struct jump *here) __attribute__((returns_twice));

void jump(const struct jump *there) __attribute__((noreturn));

#endif
