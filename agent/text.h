/* SPDX-License-Identifier: BSD-2-Clause */
/* Strings, as much of them as the agent takes. */
#ifndef AGENT_TEXT_H
#define AGENT_TEXT_H

#include "linux.h"

/* Of each buffer that add() is given: what does not fit is left out. */
enum { LONGEST = 4096 };

u64 length(const char *text);
void add(char *to, const char *text);
void add_number(char *to, long number);

#endif
