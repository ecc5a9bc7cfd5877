/* SPDX-License-Identifier: BSD-2-Clause */
/* Model-specific registers; see msr.h. */
#include "msr.h"

#include "log.h"
#include "string.h"
#include "traps.h"

/* Moves a #GP at RDMSR or WRMSR on, after it, and says so in EBX: not done. */
static bool skip(struct trap_frame *frame)
{
	const u8 *code = (const u8 *)frame->ip;

	if (frame_vector(frame) != VECTOR_GP)
		return false;
	if (code[0] != 0x0f || (code[1] != 0x30 && code[1] != 0x32))
		return false;
	frame->ip += 2;
	frame->bx = false;
	return true;
}

static bool read(u32 msr, u32 *low, u32 *high)
{
	bool done = true;

	asm volatile("rdmsr" : "=a"(*low), "=d"(*high), "+b"(done) : "c"(msr));
	return done;
}

static bool write(u32 msr, u32 low, u32 high)
{
	bool done = true;

	asm volatile("wrmsr" : "+b"(done) : "c"(msr), "a"(low), "d"(high) : "memory");
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
	struct line line;
	u64 value;

	line_begin(&line);
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
