/* SPDX-License-Identifier: BSD-2-Clause */
/* The one program that runs in the host; see program.h. */
#include "program.h"

#include "channels.h"
#include "link.h"
#include "text.h"

enum { MOST_ARGUMENTS = 256 };

static int child, child_fd = -1;
static char *const environment[] = {"LD_LIBRARY_PATH=/lib", "PATH=/bin", "TMPDIR=/tmp", 0};

int program_fd(void)
{
	return child_fd;
}

void execute(char *arguments, u32 size)
{
	char *argv[MOST_ARGUMENTS + 1];
	int count = 0, pipe[2];

	for (u32 at = 0; at < size && count < MOST_ARGUMENTS; at += length(arguments + at) + 1)
		argv[count++] = arguments + at;
	argv[count] = 0;
	SYSCALL(SYS_PIPE2, pipe, O_CLOEXEC);
	child = SYSCALL(SYS_FORK);
	if (!child) {
		int nothing = SYSCALL(SYS_OPEN, "/dev/null", O_RDWR);

		SYSCALL(SYS_SETSID);
		SYSCALL(SYS_DUP3, nothing, 0, 0);
		SYSCALL(SYS_DUP3, pipe[1], 1, 0);
		SYSCALL(SYS_DUP3, pipe[1], 2, 0);
		SYSCALL(SYS_EXECVE, argv[0], argv, environment);
		SYSCALL(SYS_EXIT, 127);
	}
	SYSCALL(SYS_CLOSE, pipe[1]);
	channels[OUTPUT].fd = pipe[0];
	child_fd = SYSCALL(SYS_PIDFD_OPEN, child, 0);
}

static u32 reap(void)
{
	u32 status = 0;

	SYSCALL(SYS_WAIT4, child, &status, 0, 0);
	SYSCALL(SYS_CLOSE, child_fd);
	child = 0;
	child_fd = -1;
	while (SYSCALL(SYS_WAIT4, -1, 0, WNOHANG, 0) > 0)
		;
	return status;
}

void kill_program(void)
{
	if (!child)
		return;
	SYSCALL(SYS_KILL, -child, SIGKILL);
	reap();
}

void serve_exit(void)
{
	u32 status = reap();

	for (int number = 0; number < CHANNELS; number++) {
		while (channels[number].fd >= 0) {
			if (channels[number].listening)
				end_channel(number);
			else
				serve_channel(number);
		}
	}
	send(EXECUTE, 0, &status, sizeof status);
}
