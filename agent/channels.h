/* SPDX-License-Identifier: BSD-2-Clause */
/* The channels of the link: each is one connection of a program in the host, to the harness. */
#ifndef AGENT_CHANNELS_H
#define AGENT_CHANNELS_H

#include "linux.h"

enum { CHANNELS = 16 };

/* The channel of the program's output. */
enum { OUTPUT = 0 };

struct channel {
	int fd; /* negative if it is closed */
	u8 listening;
};
extern struct channel channels[CHANNELS];

void close_all_channels(void);
void close_channel(int number);
void end_channel(int number);

/* Has a program's connection to PATH become the channel; connects it to PATH, at which a program
 * listens. */
void listen_at(int number, const char *path);
void connect_to(int number, const char *path);

/* Takes what there is to be taken from the channel. */
void serve_channel(int number);

#endif
