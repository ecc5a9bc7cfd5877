/* SPDX-License-Identifier: BSD-2-Clause */
/* The channels of the link; see channels.h. */
#include "channels.h"

#include "link.h"

struct channel channels[CHANNELS] = {[0 ... CHANNELS - 1] = {.fd = -1}};

static u8 buffer[LARGEST];

void close_channel(int number)
{
	if (channels[number].fd >= 0)
		SYSCALL(SYS_CLOSE, channels[number].fd);
	channels[number].fd = -1;
	channels[number].listening = 0;
}

void close_all_channels(void)
{
	for (int number = 0; number < CHANNELS; number++)
		close_channel(number);
}

void end_channel(int number)
{
	if (channels[number].fd < 0)
		return;
	close_channel(number);
	send(END, number, 0, 0);
}

/* A socket that is bound or connected to PATH by CALL; an error as a negative number. */
static int unix_socket(int call, const char *path)
{
	struct sockaddr_un address = {.family = AF_UNIX};
	int fd = SYSCALL(SYS_SOCKET, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	long error;

	for (u32 i = 0; i < sizeof address.path - 1 && path[i]; i++)
		address.path[i] = path[i];
	error = SYSCALL(call, fd, &address, sizeof address);
	if (!error)
		return fd;
	SYSCALL(SYS_CLOSE, fd);
	return error;
}

void listen_at(int number, const char *path)
{
	int fd;

	SYSCALL(SYS_UNLINK, path);
	fd = unix_socket(SYS_BIND, path);
	if (fd < 0) {
		fail("listen at", path, fd);
		return;
	}
	SYSCALL(SYS_LISTEN, fd, 1);
	channels[number].fd = fd;
	channels[number].listening = 1;
}

void connect_to(int number, const char *path)
{
	int fd = unix_socket(SYS_CONNECT, path);

	if (fd < 0) {
		send(END, number, 0, 0);
		return;
	}
	channels[number].fd = fd;
	send(CONNECT, number, 0, 0);
}

void serve_channel(int number)
{
	int fd = channels[number].fd;
	long got;

	if (channels[number].listening) {
		channels[number].fd = SYSCALL(SYS_ACCEPT, fd, 0, 0);
		channels[number].listening = 0;
		SYSCALL(SYS_CLOSE, fd);
		send(CONNECT, number, 0, 0);
		return;
	}
	got = SYSCALL(SYS_READ, fd, buffer, sizeof buffer);
	if (got > 0)
		send(DATA, number, buffer, got);
	else
		end_channel(number);
}
