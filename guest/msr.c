/* SPDX-License-Identifier: BSD-2-Clause */
/* Model-specific registers; see msr.h. */
#include "msr.h"

#include "log.h"
#include "string.h"
#include "traps.h"

/* The instructions that may be refused, and where they are gone on behind. */
extern const char msr_read[], msr_not_read[], msr_write[], msr_not_written[];

/* Moves a #GP on behind the instruction that met it. */
static bool skip(struct trap_frame *frame)
{
	if (frame_vector(frame) != VECTOR_GP)
		return false;
	if (frame->ip == (word)msr_read)
		frame->ip = (word)msr_not_read;
	else if (frame->ip == (word)msr_write)
		frame->ip = (word)msr_not_written;
	else
		return false;
	return true;
}

/* Neither inlined nor cloned, for their labels are to be there once. */
static bool __attribute__((noinline, noclone)) read(u32 msr, u32 *low, u32 *high)
{
	bool done = false;

	asm volatile("msr_read:\n\t"
		     "rdmsr\n\t"
		     "movb $1, %2\n"
		     "msr_not_read:"
		     : "=a"(*low), "=d"(*high), "+q"(done)
		     : "c"(msr));
	return done;
}

static bool __attribute__((noinline, noclone)) write(u32 msr, u32 low, u32 high)
{
	bool done = false;

	asm volatile("msr_write:\n\t"
		     "wrmsr\n\t"
		     "movb $1, %0\n"
		     "msr_not_written:"
		     : "+q"(done)
		     : "c"(msr), "a"(low), "d"(high)
		     : "memory");
	return done;
}

bool try_read_msr(u32 msr, u64 *value)
{
	u32 low, high;
	bool done;

	traps_set_counter(skip);
	done = read(msr, &low, &high);
	traps_set_counter(NULL);
	*value = done ? (u64)high << 32 | low : 0;
	return done;
}

bool try_write_msr(u32 msr, u64 value)
{
	bool done;

	traps_set_counter(skip);
	done = write(msr, (u32)value, (u32)(value >> 32));
	traps_set_counter(NULL);
	return done;
}

void note_msr(u32 msr, const char *name)
{
	struct line line = {.size = 0};
	u64 value;

	line_add(&line, "note msr=%h %s=", msr, name);
	if (try_read_msr(msr, &value))
		line_add(&line, "%q", value);
	else
		line_add(&line, "#GP");
	line_write(&line);
}

struct cpuid cpuid_if_present(u32 leaf)
{
	u32 highest = cpuid(leaf & 0x80000000).eax;

	/* A CPU without the extended leaves may answer anything there. */
	if (highest < leaf || (highest ^ leaf) & 0x80000000)
		return (struct cpuid){0};
	return cpuid(leaf);
}

bool cpu_is_amd(void)
{
	u32 first = cpuid(0).ebx;

	return !memcmp(&first, "Auth", 4) || !memcmp(&first, "Hygo", 4);
}
