/* SPDX-License-Identifier: BSD-2-Clause */
/* The run: which cases the command line asks for, one after another, from the plan line to bye. */
#include "board/bootloader.h"
#include "board/console.h"
#include "board/leave.h"
#include "board/screen.h"
#include "cpu/apic.h"
#include "cpu/idt.h"
#include "cpu/segments.h"
#include "cpu/smp.h"
#include "cpu/x86.h"
#include "fence.h"
#include "log.h"
#include "string.h"
#include "traps.h"

#define LOG_VERSION 1u

extern const struct test_case cases_start[], cases_end[];

/* Of the command line, kept away from memory that a case may overwrite: which cases to run, and the
 * one after which to begin. */
static char asked_for[65536], after[64];

/* Its parts between the commas, none of them empty. One with an @ is held against NAME@MODE, one
 * without against the name. */
static struct {
	u16 start, size;
	bool has_mode;
} patterns[sizeof(asked_for) / 2];
static u32 pattern_count;

static u8 trap_stack[16384] __attribute__((aligned(16)));

/* Whether the command line says which cases to run. */
static bool asked;

/* Copies the value of the option KEY ("cases=") out of a command line. False if it is not there. */
static bool read_option(const char *text, const char *key, char *value, size_t value_size)
{
	size_t size = 0;

	for (bool at_word = true; *text; at_word = *text++ == ' ') {
		if (!at_word || memcmp(text, key, strlen(key)))
			continue;
		for (text += strlen(key); *text && *text != ' ' && size < value_size - 1; text++)
			value[size++] = *text;
		value[size] = 0;
		return true;
	}
	return false;
}

/* The hexadecimal number that TEXT begins with. */
static u32 read_hex(const char *text)
{
	u32 value = 0;

	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): its end is there */
	for (; (*text >= '0' && *text <= '9') || (*text >= 'a' && *text <= 'f'); text++)
		value = value << 4 | (u32)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
	return value;
}

/* virtio@ADDRESS */
static void read_console(const char *text)
{
	static const char virtio[] = "virtio@";

	if (!memcmp(text, virtio, strlen(virtio)))
		console_use_virtio(read_hex(text + strlen(virtio)));
}

static void split_patterns(void)
{
	u16 start = 0;

	do {
		bool has_mode = false;
		u16 end = start;

		for (; asked_for[end] && asked_for[end] != ','; end++)
			has_mode |= asked_for[end] == '@';
		if (end > start) {
			patterns[pattern_count].start = start;
			patterns[pattern_count].size = end - start;
			patterns[pattern_count++].has_mode = has_mode;
		}
		start = end;
	} while (asked_for[start++]);
}

static void read_command_line(void)
{
	const char *text = bootloader_command_line();
	char console[16], screen[8];

	asked = read_option(text, "cases=", asked_for, sizeof(asked_for));
	if (!asked)
		asked_for[0] = '*';
	split_patterns();
	read_option(text, "after=", after, sizeof(after));
	if (read_option(text, "console=", console, sizeof(console)))
		read_console(console);
	if (read_option(text, "screen=", screen, sizeof(screen)) && !strcmp(screen, "vga"))
		screen_init();
}

/* A long list names the cases in the image's order: the next one is looked for where the last was
 * found. */
static bool is_asked_for(const char *name, const char *full_name)
{
	static u32 here;

	for (u32 i = 0; i < pattern_count; i++) {
		if (glob(asked_for + patterns[here].start, patterns[here].size,
			 patterns[here].has_mode ? full_name : name))
			return true;
		here = here + 1 < pattern_count ? here + 1 : 0;
	}
	return false;
}

/* NAME@MODE of the case that runs: a debugger reads it. */
char running_case[64];

/* Its address, unless the command line gives another. */
static const char *full_name(const struct test_case *test_case, enum mode mode)
{
	size_t name_size = strlen(test_case->name), mode_size = strlen(mode_name(mode));

	if (name_size + 1 + mode_size >= sizeof(running_case))
		return "";
	memcpy(running_case, test_case->name, name_size);
	running_case[name_size] = '@';
	memcpy(running_case + name_size + 1, mode_name(mode), mode_size + 1);
	return running_case;
}

/* Calls FUNCTION for each case and mode that is asked for; returns how many there are. */
static u32 for_each_case(void (*function)(const struct test_case *test_case, enum mode mode))
{
	bool begun = !*after;
	u32 count = 0;

	for (const struct test_case *test_case = cases_start; test_case < cases_end; test_case++)
		for (u32 mode = KERNEL32; mode <= LAST_MODE; mode <<= 1) {
			if (!(mode & test_case->modes & IMAGE_MODES))
				continue;
			const char *name = full_name(test_case, mode);

			if (begun && (asked || !test_case->resets) &&
			    is_asked_for(test_case->name, name)) {
				function(test_case, mode);
				count++;
			}
			begun |= !strcmp(name, after);
		}
	return count;
}

static void only_count(const struct test_case *test_case, enum mode mode)
{
	(void)test_case;
	(void)mode;
}

/* The 12 characters that CPUID puts into three registers, as one word of the log. */
static const char *signature(u32 first, u32 second, u32 third)
{
	static char text[13];

	memcpy(text, &first, 4);
	memcpy(text + 4, &second, 4);
	memcpy(text + 8, &third, 4);
	for (char *c = text; *c; c++)
		if (*c <= ' ' || *c > '~')
			*c = '_';
	return text;
}

static void log_cpu(void)
{
	struct cpuid vendor = cpuid(0), version = cpuid(1);
	u32 family = version.eax >> 8 & 15, model = version.eax >> 4 & 15;
	struct line line;

	line_begin(&line);
	/* SDM Vol. 2, "CPUID": the extended fields count for families 6 and 15. */
	if (family == 6 || family == 15)
		model |= version.eax >> 12 & 0xf0;
	if (family == 15)
		family += version.eax >> 20 & 0xff;
	line_add(&line, "cpu vendor=%s family=%u model=%u stepping=%u",
		 signature(vendor.ebx, vendor.edx, vendor.ecx), family, model, version.eax & 15);
	if (version.ecx >> 31) {
		struct cpuid hypervisor = cpuid(0x40000000);

		line_add(&line, " hypervisor=%s",
			 signature(hypervisor.ebx, hypervisor.ecx, hypervisor.edx));
	}
	line_write(&line);
}

void kmain(u32 magic, word information)
{
	u32 count;

	console_init();
	segments_load(BOOT_CPU, trap_stack + sizeof(trap_stack));
	idt_init();
	idt_load();
	write_dr7(DR7_INIT);
	write_dr6(DR6_INIT);
	bootloader_read(magic, (u32)information);
	read_command_line();
	apic_mask_8259();
	apic_init();
	smp_init();

	count = for_each_case(only_count);
	log_line("trapline %u mode=%s cpus=%u cases=%u", LOG_VERSION, mode_name(KERNEL_MODE),
		 smp_cpus(), count);
	log_cpu();
	for_each_case(fence_run);
	log_line("bye cases=%u traps=%u", count, traps_logged());
	leave(LEAVE_DONE);
}
