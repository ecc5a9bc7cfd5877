// SPDX-License-Identifier: BSD-2-Clause
/*
 * The first and only process of an emulated host: loads the modules, then runs one program at a
 * time for the harness, over one link that carries everything in frames (harness/lab/link.py).
 */
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

struct store {
	u64 offset, size;
	u32 mode;
} __attribute__((packed));

enum { CHANNELS = 16, LARGEST = 65536, BLOCK = 1 << 20, MOST_ARGUMENTS = 256 };

/* The channel of the program's output. */
enum { OUTPUT = 0 };

static struct {
	int fd;
	u8 listening;
} channels[CHANNELS];

static int link, store, child, child_fd;
static char *const environment[] = {"LD_LIBRARY_PATH=/lib", "PATH=/bin", "TMPDIR=/tmp", 0};

static char facts[4096];
static u8 frame[LARGEST + 1], buffer[LARGEST], block[BLOCK];

void *memset(void *target, int value, u64 size)
{
	for (u64 i = 0; i < size; i++)
		((u8 *)target)[i] = value;
	return target;
}

static u64 length(const char *text)
{
	u64 size = 0;

	while (text[size])
		size++;
	return size;
}

static void add(char *to, const char *text)
{
	u64 at = length(to);

	while (*text && at < sizeof facts - 1)
		to[at++] = *text++;
	to[at] = 0;
}

static void add_number(char *to, long number)
{
	char digits[24], *first = digits + sizeof digits - 1;

	*first = 0;
	do
		*--first = '0' + number % 10;
	while (number /= 10);
	add(to, first);
}

/* Writes all of it; a link whose other end is not there blocks, or wants another try. */
static void write_all(int fd, const void *data, u64 size)
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

static void send(u8 type, u8 channel, const void *data, u32 size)
{
	struct header header = {type, channel, 0, size};

	write_all(link, &header, sizeof header);
	write_all(link, data, size);
}

/* Says that something failed with ERROR, a negative number. */
static void fail(const char *what, const char *which, long error)
{
	char text[512] = "";

	add(text, what);
	add(text, " ");
	add(text, which);
	add(text, ": error ");
	add_number(text, -error);
	send(FAILURE, 0, text, length(text));
}

static void pause_for(long milliseconds)
{
	struct timespec time = {0, milliseconds * 1000000};

	SYSCALL(SYS_NANOSLEEP, &time, 0);
}

/* Reads all of it from the link; nothing to read and nobody there are the same. */
static void read_link(void *to, u32 size)
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

/* The channels */

static void close_channel(int number)
{
	if (channels[number].fd >= 0)
		SYSCALL(SYS_CLOSE, channels[number].fd);
	channels[number].fd = -1;
	channels[number].listening = 0;
}

static void end_channel(int number)
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

static void listen_at(int number, const char *path)
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

static void connect_to(int number, const char *path)
{
	int fd = unix_socket(SYS_CONNECT, path);

	if (fd < 0) {
		send(END, number, 0, 0);
		return;
	}
	channels[number].fd = fd;
	send(CONNECT, number, 0, 0);
}

static void serve_channel(int number)
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

/* The program */

static void execute(char *arguments, u32 size)
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

/* Takes what the program said last, then says how it ended; its sockets are closed by now. */
static void serve_exit(void)
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

static void reset(void)
{
	if (child) {
		SYSCALL(SYS_KILL, -child, SIGKILL);
		reap();
	}
	for (int number = 0; number < CHANNELS; number++)
		close_channel(number);
	send(RESET, 0, facts, length(facts));
}

/* Files */

static void make_from_store(const struct store *part, const char *path)
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

static void write_file(u32 mode, const char *path, const u8 *data, u32 size)
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

/* The link */

static void serve_link(void)
{
	struct header header;
	char *text = (char *)frame;
	u32 path_size;
	int number;

	read_link(&header, sizeof header);
	if (header.size > LARGEST)
		return;
	read_link(frame, header.size);
	frame[header.size] = 0;
	number = header.channel % CHANNELS;
	switch (header.type) {
	case RESET:
		reset();
		break;
	case STORE:
		make_from_store((struct store *)frame, text + sizeof(struct store));
		break;
	case WRITE:
		path_size = length(text + sizeof(u32)) + 1;
		write_file(*(u32 *)frame, text + sizeof(u32), frame + sizeof(u32) + path_size,
			   header.size - sizeof(u32) - path_size);
		break;
	case LISTEN:
		listen_at(number, text);
		break;
	case CONNECT:
		connect_to(number, text);
		break;
	case DATA:
		if (channels[number].fd >= 0)
			write_all(channels[number].fd, frame, header.size);
		break;
	case END:
		close_channel(number);
		break;
	case EXECUTE:
		execute(text, header.size);
		break;
	case OFF:
		SYSCALL(SYS_REBOOT, REBOOT_MAGIC1, REBOOT_MAGIC2, REBOOT_POWER_OFF, 0);
	}
}

static void serve(void)
{
	struct pollfd polls[CHANNELS + 2];

	for (int number = 0; number < CHANNELS; number++) {
		polls[number].fd = channels[number].fd;
		polls[number].events = POLLIN;
	}
	polls[CHANNELS] = (struct pollfd){link, POLLIN, 0};
	polls[CHANNELS + 1] = (struct pollfd){child_fd, POLLIN, 0};
	SYSCALL(SYS_POLL, polls, CHANNELS + 2, -1);
	for (int number = 0; number < CHANNELS; number++)
		if (polls[number].fd >= 0 && polls[number].revents)
			serve_channel(number);
	if (polls[CHANNELS + 1].fd >= 0 && polls[CHANNELS + 1].revents)
		serve_exit();
	if (polls[CHANNELS].revents & POLLIN)
		serve_link();
	else if (polls[CHANNELS].revents & POLLHUP)
		pause_for(5);
}

/* Starting */

static void mount(const char *type, const char *place)
{
	SYSCALL(SYS_MKDIR, place, 0755);
	SYSCALL(SYS_MOUNT, type, place, type, 0, 0);
}

/* Loads what the file `order` names, a path a line; notes each that does not load. */
static void load_modules(void)
{
	int order = SYSCALL(SYS_OPEN, "/modules/order", O_CLOEXEC);
	long size = SYSCALL(SYS_READ, order, frame, LARGEST);
	char *path = (char *)frame;

	for (long at = 0; at < size; at++) {
		int fd;
		long error;

		if (frame[at] != '\n')
			continue;
		frame[at] = 0;
		fd = SYSCALL(SYS_OPEN, path, O_CLOEXEC);
		error = SYSCALL(SYS_FINIT_MODULE, fd, "", 0);
		SYSCALL(SYS_CLOSE, fd);
		if (error) {
			add(facts, "failed=");
			add(facts, path);
			add(facts, ":");
			add_number(facts, -error);
			add(facts, "\n");
		}
		path = (char *)frame + at + 1;
	}
	SYSCALL(SYS_CLOSE, order);
}

static void note_facts(void)
{
	static const char *const backends[] = {"kvm_amd", "kvm_intel"};
	struct utsname name;
	u8 status[256];
	int kvm = SYSCALL(SYS_OPEN, "/dev/kvm", O_RDWR | O_CLOEXEC);

	SYSCALL(SYS_UNAME, &name);
	add(facts, "release=");
	add(facts, name.release);
	add(facts, "\nkvm=");
	add_number(facts, kvm < 0 ? -kvm : 0);
	add(facts, "\n");
	SYSCALL(SYS_CLOSE, kvm);
	for (u32 i = 0; i < 2; i++) {
		char path[64] = "/sys/module/";

		add(path, backends[i]);
		if (SYSCALL(SYS_STAT, path, status))
			continue;
		add(facts, "backend=");
		add(facts, backends[i]);
		add(facts, "\n");
	}
}

/* Where the link is a serial line: every byte passes as it is. */
static void make_raw(void)
{
	struct termios settings = {
		.control = B115200 | CS8 | CREAD | CLOCAL,
		.characters[VMIN] = 1,
	};

	SYSCALL(SYS_IOCTL, link, TCSETS, &settings);
}

/* The value of NAME, which ends with "=", that the kernel's command line gives. */
static const char *setting(char *const *variables, const char *name)
{
	u64 size = length(name);

	for (; *variables; variables++) {
		u64 same = 0;

		while (same < size && (*variables)[same] == name[same])
			same++;
		if (same == size)
			return *variables + size;
	}
	return "";
}

void agent(char *const *variables)
{
	mount("proc", "/proc");
	mount("sysfs", "/sys");
	mount("devtmpfs", "/dev");
	mount("tmpfs", "/tmp");
	load_modules();
	note_facts();
	SYSCALL(SYS_CHDIR, "/tmp");
	for (int number = 0; number < CHANNELS; number++)
		channels[number].fd = -1;
	child_fd = -1;
	do {
		pause_for(5);
		link = SYSCALL(SYS_OPEN, setting(variables, "LINK="), O_RDWR | O_CLOEXEC);
	} while (link < 0);
	make_raw();
	store = SYSCALL(SYS_OPEN, setting(variables, "STORE="), O_CLOEXEC);
	/* Where Bochs has been told to, it stops here, for its state to be saved; elsewhere
	 * nothing. */
	asm volatile("xchg %%bx, %%bx" ::: "memory");
	for (;;)
		serve();
}
