/* SPDX-License-Identifier: BSD-2-Clause */
/* How the guest ends. */
#ifndef GUEST_BOARD_LEAVE_H
#define GUEST_BOARD_LEAVE_H

#include "types.h"

/* Written to QEMU's isa-debug-exit, which makes 2 * value + 1 its exit status. */
enum leave_value {
	LEAVE_DONE = 42,
	LEAVE_PANIC = 43,
};

/* Drains the console, then leaves through whatever this machine offers; halts where it offers
 * nothing. */
void leave(enum leave_value value) __attribute__((noreturn));

#endif
