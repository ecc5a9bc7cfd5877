/* SPDX-License-Identifier: BSD-2-Clause */
/* Flexible Return and Event Delivery; see fred.h. */
#include "cpu/fred.h"

#ifdef __x86_64__

#include "cpu/event.h"
#include "cpu/paging.h"
#include "cpu/segments.h"
#include "cpu/vectors.h"
#include "cpu/x86.h"
#include "leftover.h"
#include "mode.h"

#define CPUID_7_1_EAX_FRED (1u << 17)
#define CR4_FRED (1ull << 32)

#define MSR_FRED_RSP0 0x1cc /* to RSP3, one after another */
#define MSR_FRED_STKLVLS 0x1d0
#define MSR_FRED_CONFIG 0x1d4
#define CONFIG_LEVEL 3u
#define CONFIG_REDZONE(bytes) (bytes) /* in bits 8:6, of 64 bytes each */
#define CONFIG_INTERRUPT_LEVEL(level) ((level) << 9)

#define LEVELS 4

/* Of EVENT_OTHER. */
enum { FRED_SYSCALL = 1, FRED_SYSENTER = 2 };

extern const u8 fred_from_user[];

static u8 stacks[LEVELS][8192] __attribute__((aligned(64)));

static bool on;

static bool has_fred(void)
{
	return cpuid(0).eax >= 7 && cpuid(7).eax >= 1 &&
	       (cpuid_subleaf(7, 1).eax & CPUID_7_1_EAX_FRED);
}

bool fred_turn_on(void)
{
	if (!has_fred()) {
		log_line("needs fred=1");
		return false;
	}
	write_msr(MSR_STAR, (u64)KERNEL_CS << 32);
	for (u32 level = 0; level < LEVELS; level++)
		fred_map_stack(level);
	write_msr(MSR_FRED_STKLVLS, 0);
	write_msr(MSR_FRED_CONFIG, (word)fred_from_user);
	write_cr4(read_cr4() | CR4_FRED);
	on = true;
	return true;
}

bool fred_is_on(void)
{
	return on;
}

void fred_set_level(u32 vector, u32 level)
{
	write_msr(MSR_FRED_STKLVLS, read_msr(MSR_FRED_STKLVLS) | (u64)level << 2 * vector);
}

static void configure(u64 clear, u64 set)
{
	write_msr(MSR_FRED_CONFIG, (read_msr(MSR_FRED_CONFIG) & ~clear) | set);
}

void fred_set_interrupt_level(u32 level)
{
	configure(0, CONFIG_INTERRUPT_LEVEL(level));
}

void fred_set_redzone(u32 bytes)
{
	configure(0, CONFIG_REDZONE(bytes));
}

void fred_unmap_stack(u32 level)
{
	write_msr(MSR_FRED_RSP0 + level, UNMAPPED + PAGE_SIZE);
}

void fred_map_stack(u32 level)
{
	write_msr(MSR_FRED_RSP0 + level, (word)(stacks[level] + sizeof(stacks[level])));
}

u32 fred_level(void)
{
	return (u32)read_msr(MSR_FRED_CONFIG) & CONFIG_LEVEL;
}

void fred_leave_levels(void)
{
	configure(CONFIG_LEVEL, 0);
}

bool fred_is_on_stack(const struct trap_frame *frame, u32 level)
{
	return (const u8 *)frame >= stacks[level] && (const u8 *)frame < stacks[level + 1];
}

static void turn_off(void)
{
	if (!on)
		return;
	write_cr4(read_cr4() & ~CR4_FRED);
	write_msr(MSR_FRED_CONFIG, 0); /* level 0, whatever was left how */
	on = false;
}
LEFTOVER(running, turn_off);

const char *fred_event_name(const struct trap_frame *frame)
{
	if (FRED_SS_TYPE(frame->ss) != EVENT_OTHER)
		return vector_name(FRED_SS_VECTOR(frame->ss));
	return FRED_SS_VECTOR(frame->ss) == FRED_SYSCALL ? "SYSCALL" : "SYSENTER";
}

void fred_describe(struct line *line, const struct trap_frame *frame)
{
	word ss = frame->ss, data = ((const struct fred_frame *)frame)->data;

	line_add(line, " type=%u", FRED_SS_TYPE(ss));
	if (FRED_SS_LENGTH(ss))
		line_add(line, " length=%u", FRED_SS_LENGTH(ss));
	if (FRED_CS_LEVEL(frame->cs))
		line_add(line, " level=%u", FRED_CS_LEVEL(frame->cs));
	if (ss & FRED_SS_STI)
		line_add(line, " shadow=STI");
	if (ss & FRED_SS_SOFTWARE)
		line_add(line, " software=1");
	if (ss & FRED_SS_NMI)
		line_add(line, " nmi=1");
	if (ss & FRED_SS_NESTED)
		line_add(line, " nested=1");
	if (ss & FRED_SS_LONG)
		line_add(line, " long=1");
	/* Which of the words that the CPU pushes it begins with, nothing says: the page. */
	if ((ss & FRED_SS_NESTED) && FRED_SS_VECTOR(ss) == VECTOR_PF)
		data &= ~(word)(PAGE_SIZE - 1);
	if (data)
		line_add(line, " data=%x", data);
}

#endif
