/* SPDX-License-Identifier: BSD-2-Clause */
/* The link to the harness: what frames there are, and how they are sent and read
 * (harness/lab/link.py). */
#ifndef AGENT_LINK_H
#define AGENT_LINK_H

#include "linux.h"

/* A frame's types. "To" is what the harness sends, "from" what the agent does. */
enum frame_type {
	RESET = 'R',   /* to: ends what there is. From: the host's facts, a key=value a line */
	STORE = 'F',   /* to: struct store, a path; makes a file of a part of the store */
	WRITE = 'W',   /* to: mode (u32), a path, data; mode 0 appends */
	LISTEN = 'L',  /* to: a path; a program's connection to it becomes the channel */
	CONNECT = 'C', /* to: a path, which a program listens at. From: the channel is connected */
	DATA = 'D',    /* both: of the channel */
	END = 'E',     /* both: the channel is closed */
	EXECUTE = 'X', /* to: the program's arguments. From: its wait status (u32) */
	FAILURE = '!', /* from: a frame could not be followed: what, and the error's number */
	OFF = 'P',     /* to: turns the host off */
};

struct header {
	u8 type, channel;
	u16 unused;
	u32 size;
};

enum { LARGEST = 65536 }; /* bytes in a frame */

/* Opens the link, and waits until it is there. */
void open_link(const char *path);

int link_fd(void);

/* Writes all of it; a link whose other end is not there blocks, or wants another try. */
void write_all(int fd, const void *data, u64 size);

void send(u8 type, u8 channel, const void *data, u32 size);

/* Says that something failed with ERROR, a negative number. */
void fail(const char *what, const char *which, long error);

/* Reads all of it from the link; nothing to read and nobody there are the same. */
void read_link(void *to, u32 size);

void pause_for(long milliseconds);

#endif
