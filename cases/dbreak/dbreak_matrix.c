/* SPDX-License-Identifier: BSD-2-Clause */
/* Each type of breakpoint with each length at each place in a quadword and on both sides of a
 * page's end, against writes, reads and fetches of each size that begin at each byte around it.
 *
 * A line for each type and length. Its maps, one for each size of the access, have a bit for each
 * byte at which an access begins: from eight bytes before the breakpoint, the leftmost, up to
 * eleven after its first byte, so that the third digit begins with the breakpoint. A bit that is
 * set: one #DB, where it has to be, with this breakpoint's bit of DR6; what is not like this gives
 * a line "stray". AT lists the places where the maps are these, and only if all are alike there is
 * one line.
 *
 * The other rings and modes are asked in dbreak_examples, with fewer accesses: here is no body, for
 * a debugger would have some thousand steps through it.
 *
 * SDM Vol. 3, "Debug Control Register (DR7)", "Breakpoint Field Recognition". */
#include "case.h"
#include "string.h"

#define BEFORE 8
#define STARTS 20

/* A digit is the place in the quadword; the others are the page's end and the next one's start. */
static const char places[] = "01234567es";

static word watched_at(char place, u32 size)
{
	const word end_of_page = SCRATCH + 0x1000;

	switch (place) {
	case 'e':
		return end_of_page - size;
	case 's':
		return end_of_page;
	default:
		return SCRATCH + 0x20 + (word)(place - '0');
	}
}

static const struct {
	enum breakpoint type;
	const char *name;
	u32 largest; /* the manuals leave other lengths undefined */
} types[] = {
	{BREAK_EXECUTE, "execute", 1},
	{BREAK_WRITE, "write", sizeof(word)},
	{BREAK_IO, "io", 4},
	{BREAK_ACCESS, "access", sizeof(word)},
};

/* What a #DB must be: where, and with which DR6; and whether there was one. */
static u32 expected_ip;
static word expected_dr6;
static bool met;

/* No trap of the log's, and no stop of a gdb's: there are more than a thousand. To GCC 14, what a
 * handler writes into its frame is of no use to anybody.
 */
static void __attribute__((interrupt)) meet(volatile struct interrupt_frame *frame)
{
	word dr6 = read_dr6();

	if (met || frame->ip != expected_ip || dr6 != expected_dr6) {
		note("stray dr6=%x", dr6);
		if (!fence_spend_trap()) {
			note("trap_budget=spent");
			fence_abandon();
		}
	}
	met = true;
	write_dr6(DR6_INIT);
	if (at_instruction_breakpoint(dr6, read_dr7()))
		frame->flags |= FLAGS_RF;
}

/* The #DB of an access comes after its instruction. */
#define ACCESS(instruction)                                            \
	asm volatile("movl $1f, %[after]\n\t" instruction "\n"         \
		     "1:"                                              \
		     : [after] "=m"(expected_ip), [value] "=&q"(value) \
		     : [address] "r"(address)                          \
		     : "memory")

typedef void accessor(word address, u32 size);

static void write(word address, u32 size)
{
	word value;

	switch (size) {
	case 1:
		ACCESS("movb %b[value], (%[address])");
		break;
	case 2:
		ACCESS("movw %w[value], (%[address])");
		break;
	case 4:
		ACCESS("movl %k[value], (%[address])");
		break;
	default:
		ACCESS("mov %[value], (%[address])");
	}
}

static void read(word address, u32 size)
{
	word value;

	switch (size) {
	case 1:
		ACCESS("movb (%[address]), %b[value]");
		break;
	case 2:
		ACCESS("movw (%[address]), %w[value]");
		break;
	case 4:
		ACCESS("movl (%[address]), %k[value]");
		break;
	default:
		ACCESS("mov (%[address]), %[value]");
	}
}

/* SDM Vol. 2, "NOP": the recommended forms. */
static void lay_nop(word address, u32 size)
{
	static const u8 nops[][9] = {
		[1] = {0x90, 0xc3},
		[2] = {0x66, 0x90, 0xc3},
		[4] = {0x0f, 0x1f, 0x40, 0, 0xc3},
		[8] = {0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0, 0xc3},
	};

	memcpy(physical((u32)address), nops[size], size + 1);
}

/* Executes the NOP, and the RET after it: the #DB comes at either, where the breakpoint is. */
static void fetch(word address)
{
	asm volatile("call *%0" : : "r"(address) : "memory");
}

enum kind { WRITE, READ, FETCH, KINDS };
static const char *const kind_names[KINDS] = {"write", "read", "fetch"};

#define SIZES 4 /* 1, 2, 4, and 8 where registers have them */

struct maps {
	u32 of[KINDS][SIZES];
};

/* A breakpoint, and what it met. */
static struct watch {
	enum breakpoint type;
	const char *name;
	u32 length;
	char place;
	u32 number;
	word address;
	struct maps seen;
} watches[96];
static u32 watch_count;

static void add_watches(enum breakpoint type, const char *name, u32 length)
{
	for (u32 i = 0; places[i]; i++) {
		word address = watched_at(places[i], length);

		if (address % length == 0)
			watches[watch_count++] = (struct watch){type,  name,	length, places[i],
								i & 3, address, {{{0}}}};
	}
}

static void arm(const struct watch *watch)
{
	breakpoint_set_address(watch->number, watch->address);
	expected_ip = (u32)watch->address;
	expected_dr6 = DR6_INIT | 1ul << watch->number;
	met = false;
	write_dr7(DR7_INIT | DR7_L(watch->number) |
		  breakpoint_fields(watch->number, watch->type, watch->length));
}

/* Makes the accesses of one kind and size, from left to right. */
static void ask_data(struct watch *watch, enum kind kind, u32 size_log)
{
	u32 *map = &watch->seen.of[kind][size_log];

	arm(watch);
	for (u32 i = 0; i < STARTS; i++) {
		met = false;
		(kind == WRITE ? write : read)(watch->address - BEFORE + i, 1u << size_log);
		*map = *map << 1 | met;
	}
	write_dr7(DR7_INIT);
}

/* Executes the instruction at `address` under each breakpoint that is near. In this order, for
 * instructions that were just written are dear, to a translator above all.
 */
static void ask_fetch(word address, u32 size_log)
{
	lay_nop(address, 1u << size_log);
	for (struct watch *watch = watches; watch < watches + watch_count; watch++) {
		u32 *map = &watch->seen.of[FETCH][size_log];

		if (address - (watch->address - BEFORE) >= STARTS)
			continue;
		arm(watch);
		fetch(address);
		write_dr7(DR7_INIT);
		*map = *map << 1 | met;
	}
}

static void add_maps(struct line *line, const struct maps *maps)
{
	for (u32 kind = 0; kind < KINDS; kind++) {
		line_add(line, " %s=", kind_names[kind]);
		for (u32 i = 0; 1u << i <= sizeof(word); i++) {
			if (i)
				line_add(line, ",");
			for (int shift = STARTS - 4; shift >= 0; shift -= 4)
				line_add(line, "%c",
					 "0123456789abcdef"[maps->of[kind][i] >> shift & 15]);
		}
	}
}

/* Writes the lines of the breakpoints from `first` on that are alike but for their places; returns
 * after the last.
 */
static struct watch *answer(struct watch *first)
{
	struct watch *end = first;

	while (end < watches + watch_count && end->type == first->type &&
	       end->length == first->length)
		end++;
	for (struct watch *watch = first; watch < end; watch++) {
		struct line line;

		if (!watch->place)
			continue;
		line_begin(&line);
		line_add(&line, "note rw=%s len=%u at=", watch->name, watch->length);
		for (struct watch *other = watch; other < end; other++) {
			if (!other->place ||
			    memcmp(&other->seen, &watch->seen, sizeof(watch->seen)))
				continue;
			line_add(&line, "%c", other->place);
			other->place = 0;
		}
		add_maps(&line, &watch->seen);
		line_write(&line);
	}
	return end;
}

CASE(dbreak_matrix, KERNEL32 | KERNEL64)
{
	idt_set_handler(VECTOR_DB, meet);
	write_cr4(read_cr4() | CR4_DE);
	watch_count = 0;
	for (u32 i = 0; i < ARRAY_SIZE(types); i++)
		for (u32 length = 1; length <= types[i].largest; length *= 2)
			add_watches(types[i].type, types[i].name, length);
	for (u32 size_log = 0; 1u << size_log <= sizeof(word); size_log++) {
		for (struct watch *watch = watches; watch < watches + watch_count; watch++)
			for (enum kind kind = WRITE; kind <= READ; kind++)
				ask_data(watch, kind, size_log);
		for (word address = watched_at('0', 1) - BEFORE;
		     address < watched_at('7', 1) - BEFORE + STARTS; address++)
			ask_fetch(address, size_log);
		for (word address = watched_at('e', 8) - BEFORE;
		     address < watched_at('s', 1) - BEFORE + STARTS; address++)
			ask_fetch(address, size_log);
	}
	for (struct watch *watch = watches; watch < watches + watch_count;)
		watch = answer(watch);
}
