/* SPDX-License-Identifier: BSD-2-Clause */
/* The log; see log.h. */
#include "log.h"

#include "board/console.h"
#include "cpu/segments.h"
#include "cpu/x86.h"
#include "string.h"

#define PATIENCE 1000000 /* of delay() */

/* The number of the CPU that writes a line, plus 1. */
static u32 writer;

/* Whether that CPU holds the log for more than the line, and whether it is within one. */
static volatile bool held, within_line;

/* Likewise the number of a CPU that is to have the log before others, who might else take turns so
 * fast that it never comes in between. */
static u32 claimant;

/* A ring of lines of traps that came within a line, such as an NMI's: they follow it. */
static struct line late[32];
static volatile u32 late_lines, late_written; /* since the beginning */

static void put(struct line *line, char c)
{
	if (line->size < sizeof(line->text) - 1) /* the last place is for the newline */
		line->text[line->size++] = c;
}

static void put_text(struct line *line, const char *text)
{
	while (*text)
		put(line, *text++);
}

static void put_decimal(struct line *line, u32 value)
{
	if (value >= 10)
		put_decimal(line, value / 10);
	put(line, '0' + value % 10);
}

static void put_hex(struct line *line, word value, int digits)
{
	while (digits < (int)sizeof(value) * 2 && value >> (4 * digits))
		digits++;
	while (digits--)
		put(line, "0123456789abcdef"[value >> (4 * digits) & 15]);
}

static void put_quad(struct line *line, u64 value)
{
	for (int shift = 60; shift >= 0; shift -= 4)
		put(line, "0123456789abcdef"[value >> shift & 15]);
}

/* Bit 1 is always set and therefore shown only when it is not. */
static void put_flags(struct line *line, word flags)
{
	/* SDM Vol. 1, "EFLAGS Register"; the I/O privilege level by the weight of its bits. */
	static const char names[][6] = {"CF", "!1", "PF", "bit3", "AF",	   "bit5",  "ZF",  "SF",
					"TF", "IF", "DF", "OF",	  "IOPL1", "IOPL2", "NT",  "bit15",
					"RF", "VM", "AC", "VIF",  "VIP",   "ID",    "high"};
	const word high = ~0ul << (ARRAY_SIZE(names) - 1);
	char separator = 0;

	flags ^= FLAGS_FIXED;
	if (flags & high)
		flags |= high;
	if (!flags)
		put(line, '-');
	for (size_t bit = 0; bit < ARRAY_SIZE(names); bit++) {
		if (!(flags >> bit & 1))
			continue;
		if (separator)
			put(line, separator);
		put_text(line, names[bit]);
		separator = ',';
	}
}

static void add(struct line *line, const char *format, va_list args)
{
	for (; *format; format++) {
		if (*format != '%') {
			put(line, *format);
			continue;
		}
		switch (*++format) {
		case 's':
			put_text(line, va_arg(args, const char *));
			break;
		case 'c':
			put(line, (char)va_arg(args, int));
			break;
		case 'u':
			put_decimal(line, va_arg(args, u32));
			break;
		case 'h':
			put_hex(line, va_arg(args, u32), 4);
			break;
		case 'x':
			put_hex(line, va_arg(args, word), 8);
			break;
		case 'q':
			put_quad(line, va_arg(args, u64));
			break;
		case 'f':
			put_flags(line, va_arg(args, word));
			break;
		default:
			put(line, *format);
		}
	}
}

void line_add(struct line *line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(line, format, args);
	va_end(args);
}

/* Whether the CPU has the log now. One that trapped while it wrote would wait for itself. */
static bool acquire(void)
{
	u32 me = this_cpu() + 1, nobody = 0;
	u32 first = __atomic_load_n(&claimant, __ATOMIC_RELAXED);

	if (me == __atomic_load_n(&writer, __ATOMIC_RELAXED))
		return true;
	return (!first || first == me) &&
	       __atomic_compare_exchange_n(&writer, &nobody, me, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

static void release(void)
{
	__atomic_store_n(&writer, 0, __ATOMIC_RELEASE);
}

/* Only within a line: a trap may still add to them. */
static void write_late_lines(void)
{
	while (late_written != late_lines) {
		struct line *line = &late[late_written % ARRAY_SIZE(late)];

		console_write(line->text, line->size);
		line->size = 0; /* who is stopped before it has filled it again leaves nothing */
		__atomic_store_n(&late_written, late_written + 1, __ATOMIC_RELEASE);
	}
}

static void end_line(void)
{
	if (within_line)
		console_write("\n", 1);
	within_line = true;
	write_late_lines();
	within_line = false;
}

bool log_is_within_line(void)
{
	return this_cpu() + 1 == __atomic_load_n(&writer, __ATOMIC_RELAXED) &&
	       (within_line || !held);
}

/* Room for a late line, NULL if there is none. A trap that comes before the line is there has
 * another. */
static struct line *reserve_late_line(void)
{
	u32 place = late_lines;

	while (place - late_written < ARRAY_SIZE(late))
		if (__atomic_compare_exchange_n(&late_lines, &place, place + 1, false,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED))
			return &late[place % ARRAY_SIZE(late)];
	return NULL;
}

/* The line waits for the end of the one that the CPU trapped within. That may never come, so the
 * other is cut where there is no room any more; but its CPU may go on with it, so that it keeps the
 * log, and the UART has to have room for what console_write() was about to give it. */
static void write_late(const struct line *line)
{
	struct line *room = reserve_late_line();

	if (room) {
		memcpy(room->text, line->text, line->size);
		room->size = line->size;
		return;
	}
	console_write("\n", 1);
	console_write(line->text, line->size);
	console_drain();
}

/* In one instruction: a trap may come between two. */
static void count_one(u32 *count)
{
	if (count)
		__atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
}

/* Adds 1 to COUNT, if there is one, when nothing but a stop can keep the line from being
 * written. */
static void write(struct line *line, u32 *count)
{
	line->text[line->size++] = '\n';
	if (log_is_within_line()) {
		count_one(count);
		write_late(line);
		return;
	}
	while (!acquire())
		pause();
	within_line = true;
	write_late_lines();
	count_one(count);
	console_write(line->text, line->size);
	write_late_lines();
	within_line = false;
	if (!held)
		release();
}

void line_write(struct line *line)
{
	write(line, NULL);
}

void line_write_counted(struct line *line, u32 *count)
{
	write(line, count);
}

void log_hold(void)
{
	u32 looks = console_looks();

	__atomic_store_n(&claimant, this_cpu() + 1, __ATOMIC_RELAXED);
	for (int left = PATIENCE; left && !acquire(); left--) {
		if (console_looks() != looks) {
			looks = console_looks();
			left = PATIENCE;
		}
		delay(1);
	}
	__atomic_store_n(&writer, this_cpu() + 1, __ATOMIC_RELAXED);
	held = true;
	end_line();
}

void log_release(void)
{
	held = false;
	__atomic_store_n(&claimant, 0, __ATOMIC_RELAXED);
	release();
}

void log_take_over(void)
{
	__atomic_store_n(&writer, this_cpu() + 1, __ATOMIC_RELAXED);
	end_line();
	log_release();
}

void log_line(const char *format, ...)
{
	struct line line;
	va_list args;

	line_begin(&line);
	va_start(args, format);
	add(&line, format, args);
	va_end(args);
	line_write(&line);
}
