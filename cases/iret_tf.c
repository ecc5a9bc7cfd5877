/* SPDX-License-Identifier: BSD-2-Clause */
/* IRET with TF: one that sets TF delays the first trap by one instruction, as POPF does; one that
 * clears it is itself still trapped.
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "IRET/IRETD/IRETQ". */
#include "case.h"

/* Pushes what IRET to TARGET pops, RFLAGS last changed by EDIT; the stack stays where it is, the ring
 * too. 64-bit IRET always pops SS:RSP. */
#ifdef __x86_64__
#define PUSH_IRET_FRAME(edit, target)                                                              \
	"mov xSP, xBX\n"                                                                           \
	"mov %ss, %eax\n"                                                                          \
	"push xAX\n"                                                                               \
	"push xBX\n"                                                                               \
	"pushf\n" edit "mov %cs, %eax\n"                                                           \
	"push xAX\n"                                                                               \
	"push $" target "\n"
#define IRET "iretq\n"
#else
#define PUSH_IRET_FRAME(edit, target)                                                              \
	"pushf\n" edit "mov %cs, %eax\n"                                                           \
	"push xAX\n"                                                                               \
	"push $" target "\n"
#define IRET "iret\n"
#endif

BODY(iret_sets, PUSH_IRET_FRAME(SET_TF_IN_IMAGE, "1f") /* */
		MARK(iret) IRET                        /* */
		"1:\n"                                 /* */
		MARK(target) "nop\n"                   /* */
		MARK(second) "pushf\n"                 /* */
		MARK(clear) CLEAR_TF_IN_IMAGE          /* */
		MARK(popf) "popf\n");

BODY(iret_clears, PUSH_IRET_FRAME("", "1f")                   /* */
		  "pushf\n" SET_TF_IN_IMAGE                   /* */
		  MARK(popf) "popf\n"                         /* */
		  MARK(iret) IRET                             /* */
		  "1:\n"                                      /* */
		  MARK(target) "nop\n");

CASE(iret_tf, KERNEL32 | KERNEL64 | USER32 | USER64)
{
	note("iret=sets_tf");
	RUN(iret_sets);
	note("iret=clears_tf");
	RUN(iret_clears);
}
