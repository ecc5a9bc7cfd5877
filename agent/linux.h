/* SPDX-License-Identifier: BSD-2-Clause */
/* As much of x86-64 Linux' system call interface as the agent takes; there is no C library. */
#ifndef LAB_LINUX_H
#define LAB_LINUX_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

enum system_call {
	SYS_READ = 0,
	SYS_WRITE = 1,
	SYS_OPEN = 2,
	SYS_CLOSE = 3,
	SYS_STAT = 4,
	SYS_POLL = 7,
	SYS_IOCTL = 16,
	SYS_PREAD64 = 17,
	SYS_NANOSLEEP = 35,
	SYS_SOCKET = 41,
	SYS_CONNECT = 42,
	SYS_ACCEPT = 43,
	SYS_BIND = 49,
	SYS_LISTEN = 50,
	SYS_FORK = 57,
	SYS_EXECVE = 59,
	SYS_EXIT = 60,
	SYS_WAIT4 = 61,
	SYS_KILL = 62,
	SYS_UNAME = 63,
	SYS_CHDIR = 80,
	SYS_MKDIR = 83,
	SYS_UNLINK = 87,
	SYS_SETSID = 112,
	SYS_MOUNT = 165,
	SYS_REBOOT = 169,
	SYS_DUP3 = 292,
	SYS_PIPE2 = 293,
	SYS_FINIT_MODULE = 313,
	SYS_PIDFD_OPEN = 434,
};

enum open_flag {
	O_WRONLY = 01,
	O_RDWR = 02,
	O_CREAT = 0100,
	O_TRUNC = 01000,
	O_APPEND = 02000,
	O_CLOEXEC = 02000000,
};

enum poll_event { POLLIN = 0x001, POLLHUP = 0x010 };

#define EAGAIN 11
#define AF_UNIX 1
#define SOCK_STREAM 1
#define SOCK_CLOEXEC O_CLOEXEC
#define SIGKILL 9
#define WNOHANG 1

/* reboot(2) */
#define REBOOT_MAGIC1 0xfee1dead
#define REBOOT_MAGIC2 0x28121969
#define REBOOT_POWER_OFF 0x4321fedc

struct pollfd {
	int fd;
	u16 events, revents;
};

struct sockaddr_un {
	u16 family;
	char path[108];
};

/* ioctl_tty(2), termios(3) */
#define TCSETS 0x5402

enum termios_control { CS8 = 0x30, CREAD = 0x80, CLOCAL = 0x800, B115200 = 0x1002 };
enum termios_character { VMIN = 6 };

struct termios {
	u32 input, output, control, local;
	u8 line, characters[19];
};

struct utsname {
	char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};

struct timespec {
	long seconds, nanoseconds;
};

/* Returns what the kernel does: errors are negative. Arguments are integers or pointers. */
long system_call(u64 number, u64 a, u64 b, u64 c, u64 d, u64 e);

#define SYSCALL_6(number, a, b, c, d, e, ...) \
	system_call(number, (u64)(a), (u64)(b), (u64)(c), (u64)(d), (u64)(e))
#define SYSCALL(...) SYSCALL_6(__VA_ARGS__, 0, 0, 0, 0, 0, 0)

#endif
