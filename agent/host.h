/* SPDX-License-Identifier: BSD-2-Clause */
/* The host itself: its file systems, its modules, and what it has to say of itself. */
#ifndef AGENT_HOST_H
#define AGENT_HOST_H

#include "linux.h"

/* Mounts what Linux offers, loads the modules, and takes the facts. */
void set_up_host(void);

/* The host's facts, a key=value a line. */
extern char facts[];

/* The value of NAME, which ends with "=", that the kernel's command line gives. */
const char *setting(char *const *variables, const char *name);

#endif
