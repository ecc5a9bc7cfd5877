/* SPDX-License-Identifier: BSD-2-Clause */
/* All that a case needs. docs/add-a-case.md shows how to write one. */
#ifndef GUEST_CASE_H
#define GUEST_CASE_H

#include "body.h"
#include "cpu/breakpoint.h"
#include "cpu/idt.h"
#include "cpu/x86.h"
#include "fence.h"
#include "log.h"
#include "traps.h"
#include "types.h"

/* clang-format off */

/* CASE(NAME, MODES, options) { ... } defines and registers a case: its C function runs in the
 * kernel, once for each of the MODES that this image has, and asks its question with RUN(body).
 * Options are members of struct test_case, for instance .cpus = 2.
 *
 * The name and the modes also go, as text, into a section that is not loaded: the harness reads
 * there what an image holds. */
#define CASE(case_name, case_modes, ...)                                                           \
	static void case_##case_name(void);                                                        \
	asm(".pushsection trapline.cases, \"\"\n"                                                  \
	    ".asciz \"" #case_name " " EXPANDED(case_modes) "\"\n"                                 \
	    ".popsection");                                                                        \
	static const struct test_case test_case_##case_name                                        \
		__attribute__((used, section(".cases"), aligned(sizeof(word)))) = {                \
			.name = #case_name,                                                        \
			.modes = (case_modes),                                                     \
			.run = case_##case_name,                                                   \
			##__VA_ARGS__};                                                            \
	static void case_##case_name(void)

#define EXPANDED(text) STRINGIFIED(text)
#define STRINGIFIED(text) #text

/* BODY(NAME, TEXT) defines a body: TEXT, a raw string on lines of its own (raw.sed relies on it), is
 * in GNU as's AT&T syntax and is assembled for each width that the image has modes for, 16-bit ones
 * only by BODY_16. body.inc has what it can use beside instructions. RFLAGS must not come to depend
 * on what a manual leaves undefined (AND and OR do: AF), for the log shows all of it. */
#ifdef __x86_64__
#define BODY(name, text)                                                                           \
	ASSEMBLE(name, 64, text, "64");                                                            \
	ASSEMBLE(name, 32, text, "64");                                                            \
	static const struct body body_##name = {CODE(name, 64), CODE(name, 32)}
#define BODY_16 BODY
#else
#define BODY(name, text)                                                                           \
	ASSEMBLE(name, 32, text, "32");                                                            \
	static const struct body body_##name = {CODE(name, 32), {NULL, NULL}}
#define BODY_16(name, text)                                                                        \
	ASSEMBLE(name, 32, text, "32");                                                            \
	ASSEMBLE(name, 16, text, "32");                                                            \
	static const struct body body_##name = {CODE(name, 32), CODE(name, 16)}
#endif

#define CODE(name, width) {name##_##width##_start, name##_##width##_end}

/* Which file a body comes from, and so which case, goes into a section for the harness too. */
#define ASSEMBLE(name, code_width, text, image_width)                                              \
	asm(".pushsection trapline.bodies, \"\"\n"                                                \
	    ".asciz \"" __FILE__ " " #name "_" #code_width "\"\n"                                  \
	    ".popsection\n"                                                                        \
	    ".pushsection .text.bodies, \"ax\"\n"                                                  \
	    ".code" #code_width "\n"                                                               \
	    ".set width, " #code_width "\n"                                                        \
	    REGISTERS_##code_width                                                                 \
	    ".include \"guest/body.inc\"\n"                                                        \
	    #name "_" #code_width "_start:\n"                                                      \
	    ".set body_base, " BASE_##code_width(name) "\n"                                        \
	    "mark start\n"                                                                         \
	    text "\n"                                                                              \
	    #name "_" #code_width "_end:\n"                                                        \
	    "mark end\n"                                                                           \
	    EXIT_##code_width                                                                      \
	    ".code" image_width "\n"                                                               \
	    ".popsection");                                                                        \
	extern const char name##_##code_width##_start[], name##_##code_width##_end[]

/* Runs the body in the running case's mode and returns the registers as it left them: struct registers in body.h. */
#define RUN(body_name) body_run(&body_##body_name, fence_mode())

/* The linear address of a mark in that body, where the running case's mode will run it. */
#define MARK(body_name, mark) body_mark(&body_##body_name, fence_mode(), mark)

#define REGISTERS_64                                                                               \
	".set xAX, %rax\n .set xBX, %rbx\n .set xCX, %rcx\n .set xDX, %rdx\n"                      \
	".set xSI, %rsi\n .set xDI, %rdi\n .set xBP, %rbp\n .set xSP, %rsp\n"
#define REGISTERS_32                                                                               \
	".set xAX, %eax\n .set xBX, %ebx\n .set xCX, %ecx\n .set xDX, %edx\n"                      \
	".set xSI, %esi\n .set xDI, %edi\n .set xBP, %ebp\n .set xSP, %esp\n"
#define REGISTERS_16                                                                               \
	".set xAX, %ax\n .set xBX, %bx\n .set xCX, %cx\n .set xDX, %dx\n"                          \
	".set xSI, %si\n .set xDI, %di\n .set xBP, %bp\n .set xSP, %esp\n"

/* 16-bit code is copied to a segment of its own, which it starts. */
#define BASE_64(name) "0"
#define BASE_32(name) "0"
#define BASE_16(name) #name "_16_start"

/* The way out: body_exit is set for the mode; 16-bit code ends in an #UD at its last mark. */
#define EXIT_64 "jmp *body_exit\n"
#define EXIT_32 "jmp *body_exit\n"
#define EXIT_16 "ud2\n"

/* clang-format on */

#endif
