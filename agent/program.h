/* SPDX-License-Identifier: BSD-2-Clause */
/* The one program that runs in the host, and how it ends. */
#ifndef AGENT_PROGRAM_H
#define AGENT_PROGRAM_H

#include "linux.h"

/* Starts it; ARGUMENTS end in a zero each. */
void execute(char *arguments, u32 size);

/* Kills it, if it runs. */
void kill_program(void);

/* What becomes readable when it ends; negative if none runs. */
int program_fd(void);

/* Takes what the program said last, then says how it ended; its sockets are closed by now. */
void serve_exit(void);

#endif
