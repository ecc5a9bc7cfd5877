/* SPDX-License-Identifier: BSD-2-Clause */
/* COM1, the way out for the log; where it was asked for, the screen shows the same. */
#ifndef GUEST_CONSOLE_H
#define GUEST_CONSOLE_H

#include "types.h"

void console_init(void);

/* Writes SIZE characters as they are. */
void console_write(const char *text, size_t size);

/* Waits until the last character has left the UART. */
void console_drain(void);

#endif
