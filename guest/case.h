/* SPDX-License-Identifier: BSD-2-Clause */
/* All that a case needs. docs/add-a-case.md shows how to write one. */
#ifndef GUEST_CASE_H
#define GUEST_CASE_H

#include "body.h"
#include "fence.h"
#include "log.h"
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
	    ".asciz \"" #case_name " " #case_modes "\"\n"                                          \
	    ".popsection");                                                                        \
	static const struct test_case test_case_##case_name                                        \
		__attribute__((used, section(".cases"), aligned(sizeof(word)))) = {                \
			.name = #case_name,                                                        \
			.modes = (case_modes),                                                     \
			.run = case_##case_name,                                                   \
			##__VA_ARGS__};                                                            \
	static void case_##case_name(void)

/* BODY(NAME, TEXT) defines a body: TEXT, a raw string, is in GNU as's AT&T syntax and is assembled
 * for the width of the image. BODY_PRELUDE has what it can use beside instructions. RFLAGS must not
 * come to depend on what a manual leaves undefined (AND and OR do: AF), for the log shows all of
 * it. */
#define BODY(body_name, text)                                                                      \
	asm(".pushsection .text.bodies, \"ax\"\n"                                                  \
	    BODY_PRELUDE                                                                           \
	    "body_" #body_name "_start:\n"                                                         \
	    "mark start\n"                                                                         \
	    text "\n"                                                                              \
	    "body_" #body_name "_end:\n"                                                           \
	    "mark end\n"                                                                           \
	    "jmp *body_exit\n"                                                                     \
	    ".popsection");                                                                        \
	extern const char body_##body_name##_start[], body_##body_name##_end[];                    \
	static const struct body body_##body_name = {body_##body_name##_start,                     \
						     body_##body_name##_end}

/* Runs the body in the running case's mode and returns the registers as it left them: struct registers in body.h. */
#define RUN(body_name) body_run(&body_##body_name, fence_mode())

/* width: 32 or 64. xAX, xBX ...: the general registers.
 * mark NAME: by which the log calls the next instruction.
 * set_tf_in_image, clear_tf_in_image: TF in the image of RFLAGS on top of the stack, by MOV, which
 * leaves the flags alone. */
#define BODY_PRELUDE                                                                               \
	".ifndef width\n"                                                                          \
	REGISTER_NAMES                                                                             \
	".macro mark name\n"                                                                       \
	"77:\n"                                                                                    \
	".pushsection .rodata.marks, \"a\"\n"                                                      \
	"78: .asciz \"\\name\"\n"                                                                  \
	".popsection\n"                                                                            \
	".pushsection .marks, \"a\"\n"                                                             \
	".long 77b, 78b\n"                                                                         \
	".popsection\n"                                                                            \
	".endm\n"                                                                                  \
	".macro set_tf_in_image\n"                                                                 \
	"movb $1, 1(xSP)\n"                                                                        \
	".endm\n"                                                                                  \
	".macro clear_tf_in_image\n"                                                               \
	"movb $0, 1(xSP)\n"                                                                        \
	".endm\n"                                                                                  \
	".endif\n"

#ifdef __x86_64__
#define REGISTER_NAMES                                                                             \
	".set width, 64\n"                                                                         \
	".set xAX, %rax\n .set xBX, %rbx\n .set xCX, %rcx\n .set xDX, %rdx\n"                      \
	".set xSI, %rsi\n .set xDI, %rdi\n .set xBP, %rbp\n .set xSP, %rsp\n"
#else
#define REGISTER_NAMES                                                                             \
	".set width, 32\n"                                                                         \
	".set xAX, %eax\n .set xBX, %ebx\n .set xCX, %ecx\n .set xDX, %edx\n"                      \
	".set xSI, %esi\n .set xDI, %edi\n .set xBP, %ebp\n .set xSP, %esp\n"
#endif

/* clang-format on */

#endif
