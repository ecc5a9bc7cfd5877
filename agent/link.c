/* SPDX-License-Identifier: BSD-2-Clause */
/* The link to the harness; see link.h. */
#include "link.h"

#include "text.h"

static int link;

/* Where the link is a serial line: every byte passes as it is. */
static void make_raw(void)
{
	struct termios settings = {
		.control = B115200 | CS8 | CREAD | CLOCAL,
		.characters[VMIN] = 1,
	};

	SYSCALL(SYS_IOCTL, link, TCSETS, &settings);
}

void open_link(const char *path)
{
	do {
		pause_for(5);
		link = SYSCALL(SYS_OPEN, path, O_RDWR | O_CLOEXEC);
	} while (link < 0);
	make_raw();
}

int link_fd(void)
{
	return link;
}

void write_all(int fd, const void *data, u64 size)
{
	const u8 *from = data;

	while (size) {
		long written = SYSCALL(SYS_WRITE, fd, from, size);

		if (written == -EAGAIN)
			continue;
		if (written <= 0)
			return;
		from += written;
		size -= written;
	}
}

void send(u8 type, u8 channel, const void *data, u32 size)
{
	struct header header = {type, channel, 0, size};

	write_all(link, &header, sizeof header);
	write_all(link, data, size);
}

void fail(const char *what, const char *which, long error)
{
	char text[512] = "";

	add(text, what);
	add(text, " ");
	add(text, which);
	add(text, ": error ");
	add_number(text, -error);
	send(FAILURE, 0, text, length(text));
}

void pause_for(long milliseconds)
{
	struct timespec time = {0, milliseconds * 1000000};

	SYSCALL(SYS_NANOSLEEP, &time, 0);
}

void read_link(void *to, u32 size)
{
	u8 *at = to;

	while (size) {
		long got = SYSCALL(SYS_READ, link, at, size);

		if (got <= 0) {
			pause_for(5);
			continue;
		}
		at += got;
		size -= got;
	}
}
