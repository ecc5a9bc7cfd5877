/* SPDX-License-Identifier: BSD-2-Clause */
/* The host itself; see host.h. */
#include "host.h"

#include "text.h"

char facts[LONGEST];

static char list[65536];

static void mount(const char *type, const char *place)
{
	SYSCALL(SYS_MKDIR, place, 0755);
	SYSCALL(SYS_MOUNT, type, place, type, 0, 0);
}

/* Loads what the file `order` names, a path a line; notes each that does not load. */
static void load_modules(void)
{
	int order = SYSCALL(SYS_OPEN, "/modules/order", O_CLOEXEC);
	long size = SYSCALL(SYS_READ, order, list, sizeof list - 1);
	char *path = list;

	for (long at = 0; at < size; at++) {
		int fd;
		long error;

		if (list[at] != '\n')
			continue;
		list[at] = 0;
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
		path = list + at + 1;
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

void set_up_host(void)
{
	mount("proc", "/proc");
	mount("sysfs", "/sys");
	mount("devtmpfs", "/dev");
	mount("tmpfs", "/tmp");
	load_modules();
	note_facts();
	SYSCALL(SYS_CHDIR, "/tmp");
}

const char *setting(char *const *variables, const char *name)
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
