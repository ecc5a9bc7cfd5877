/* SPDX-License-Identifier: BSD-2-Clause */
/* The way out for the log: COM1, or a virtio console; where it was asked for, the screen shows the
 * same. */
#ifndef GUEST_BOARD_CONSOLE_H
#define GUEST_BOARD_CONSOLE_H

#include "types.h"

void console_init(void);

/* From now on characters go to the virtio console at this address, if there is one. */
void console_use_virtio(u32 address);

/* Writes SIZE characters as they are. */
void console_write(const char *text, size_t size);

/* Another number each time that a CPU has looked whether it can write on: one that has to wait,
 * however long, is not dead. */
u32 console_looks(void);

/* Waits until the last character has left. */
void console_drain(void);

#endif
