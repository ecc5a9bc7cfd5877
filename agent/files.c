/* SPDX-License-Identifier: BSD-2-Clause */
/* Files in the host; see files.h. */
#include "files.h"

#include "link.h"

enum { BLOCK = 1 << 20 };

static int store;
static u8 block[BLOCK];

void open_store(const char *path)
{
	store = SYSCALL(SYS_OPEN, path, O_CLOEXEC);
}

void make_from_store(const struct store *part, const char *path)
{
	int fd = SYSCALL(SYS_OPEN, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, part->mode);
	u64 at = 0;

	if (fd < 0) {
		fail("make", path, fd);
		return;
	}
	while (at < part->size) {
		u64 rest = part->size - at;
		long got = SYSCALL(SYS_PREAD64, store, block, rest < BLOCK ? rest : BLOCK,
				   part->offset + at);

		if (got <= 0) {
			fail("read the store for", path, got);
			break;
		}
		write_all(fd, block, got);
		at += got;
	}
	SYSCALL(SYS_CLOSE, fd);
}

void write_file(u32 mode, const char *path, const u8 *data, u32 size)
{
	int how = mode ? O_TRUNC : O_APPEND;
	int fd = SYSCALL(SYS_OPEN, path, O_WRONLY | O_CREAT | O_CLOEXEC | how, mode);

	if (fd < 0) {
		fail("make", path, fd);
		return;
	}
	write_all(fd, data, size);
	SYSCALL(SYS_CLOSE, fd);
}
