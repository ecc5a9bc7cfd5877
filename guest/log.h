/* SPDX-License-Identifier: BSD-2-Clause */
/* The log: one event a line, key=value, written whole even when several CPUs speak. The grammar is
 * in docs/log.md. */
#ifndef GUEST_LOG_H
#define GUEST_LOG_H

#include "types.h"

struct line {
	char text[512];
	size_t size;
};

/* Makes it empty. */
static inline void line_begin(struct line *line)
{
	line->size = 0;
}

/* Adds to a line. FORMAT knows %s (text), %c, %u (u32, decimal), %h (u32, at least four hexadecimal
 * digits), %x (word, at least eight), %q (u64, sixteen), %f (word: the names of the bits of RFLAGS
 * that are set, "-" for none) and %%. What does not fit is cut off. */
void line_add(struct line *line, const char *format, ...);

/* Writes the line and a newline. */
void line_write(struct line *line);

/* The same, and adds 1 to COUNT. A CPU that is stopped while it waits for the log has done
 * neither. */
void line_write_counted(struct line *line, u32 *count);

/* The same at once. */
void log_line(const char *format, ...);

/* Whether the CPU has trapped while it wrote a line. */
bool log_is_within_line(void);

/* Keeps the other CPUs' lines out until log_release(), as a dump is not to be torn. A CPU that does
 * not let go of the log in about a second, and does not wait for the console meanwhile, is taken to
 * be dead, and its line for ended. */
void log_hold(void);
void log_release(void);

/* Takes the log from a CPU that was stopped while it had it. */
void log_take_over(void);

/* A fact that is no trap. FORMAT and what follows make "key=value". */
#define note(format, ...) log_line("note " format, ##__VA_ARGS__)

#endif
