/* SPDX-License-Identifier: BSD-2-Clause */
/* The log on a screen in VGA's text mode, for machines that somebody sits at. */
#ifndef GUEST_BOARD_SCREEN_H
#define GUEST_BOARD_SCREEN_H

#include "types.h"

/* Until this is called, nothing is shown: not every machine has a screen, and it costs time. */
void screen_init(void);

/* Shows SIZE characters of the log, and scrolls. */
void screen_write(const char *text, size_t size);

/* Tells the person what to do now. DONE if the log is whole. */
void screen_end(bool done);

#endif
