/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that the harness has made in the host. */
#ifndef AGENT_FILES_H
#define AGENT_FILES_H

#include "linux.h"

/* A part of the store, which is a disk of the host's. */
struct store {
	u64 offset, size;
	u32 mode;
} __attribute__((packed));

void open_store(const char *path);
void make_from_store(const struct store *part, const char *path);

/* MODE 0 appends. */
void write_file(u32 mode, const char *path, const u8 *data, u32 size);

#endif
